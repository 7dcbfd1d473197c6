"""Times of day in British English: 24 hours, as everywhere on the site. Dates stay as Django has them."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"

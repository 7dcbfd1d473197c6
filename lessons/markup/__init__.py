"""Pure: what people write and attach, made safe to show."""

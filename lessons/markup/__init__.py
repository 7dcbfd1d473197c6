"""What people write and attach, made safe to show. Pure."""

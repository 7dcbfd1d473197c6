"""TODO lessons/discussions/notifications"""

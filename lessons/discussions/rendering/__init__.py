"""TODO lessons/discussions/rendering"""

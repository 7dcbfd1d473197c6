"""TODO lessons/discussions/selectors"""

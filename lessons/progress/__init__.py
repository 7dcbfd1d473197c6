"""TODO lessons/progress"""

"""TODO lessons/courses"""

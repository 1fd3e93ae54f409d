"""Choices and rewards: the array layout, trials, data sets, their splits and their ids."""

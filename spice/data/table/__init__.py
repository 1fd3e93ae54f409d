"""From a table of trials, as people have them, to a data set."""

"""What finished documents hold, read back into plain data: the bare scripts write it, tests compare it."""

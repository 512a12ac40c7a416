{ from = "dir"; }

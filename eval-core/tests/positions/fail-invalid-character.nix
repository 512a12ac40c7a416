

# comment
{ é = 1; }

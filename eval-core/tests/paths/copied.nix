# In a string a path is the store path that it would be copied to.
[
  "${./search/text.txt}"
  ("a " + ./search/text.txt)
  "${./found}"
  (builtins.getContext "${./search/text.txt}")
  (builtins.substring 0 11 "${./search/text.txt}/x")
]

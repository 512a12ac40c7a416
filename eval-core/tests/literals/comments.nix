/* a block */ [ # to the end of the line
  1 /**/ 2 /* * / ** */
  /*
    several lines
  */
  3 # last
]

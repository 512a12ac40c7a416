let x = "X"; in
[
  ''two quotes: ''' ''
  ''dollar: ''${x} $${x} ''$ $x''
  ''newline: ''\n tab: ''\t return: ''\r other: ''\a ''
  ''a backslash \n \${x}''
  ''$''
  ''$$''
  ''$''\n''
  ''
    a ''\
    b
  ''
  ''
    ''\n
      a
  ''
  ''
      '''a
    b
  ''
  ''
      $${x}
    a
  ''
  ''"double" 'single' '' 
  ''${"${''${x}''}"}''
]

''
  a
   ${undefined}
''

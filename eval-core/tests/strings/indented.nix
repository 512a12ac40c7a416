let x = "X"; multi = "1\n2"; in
{
  empty = '''';
  one = ''one line'';
  blank = ''
  '';
  simple = ''
    a
      b
    c
  '';
  leadingBlank = ''

    a

    b
  '';
  lastLine = ''
    a
    b'';
  deeperEnd = ''
    a
      '';
  shallowEnd = ''
      a
    b
  '';
  spacesOnly = ''
        
    a
  '';
  firstLine = ''  a
    b
  '';
  interpolated = ''
    ${x}
      ${x} y
    ${multi}
  '';
  interpolationFirst = ''
      ${x}a
        b
  '';
  interpolationSetsNoIndent = ''
        a
    ${x}
      b
  '';
  tabs = ''
	a
	  b
  '';
  tabEscape = ''
    ''\ta
    b
  '';
}

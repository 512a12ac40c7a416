builtins.fromTOML (''
  basic = "tab\t quote\" backslash\\ unicode\u00E9 \U0001F98A newline\n"
  literal = 'C:\path\no escapes'
  multi = """
  first
  second \
      joined"""
  quotes = """a "quoted" word and ""two"" """
'' + "literal_multi = '''\nraw \\n\n  kept'''\n")

// XML.
export default [
  {
    name: 'toXML',
    kind: 'proc',
    args: ['lazy'],
    doc: 'The argument as an XML document, everything in it evaluated. Functions show the names of their arguments, derivations their paths; a derivation that was met before shows as `<repeated />`.',
  },
  // slots: value, options (XML_*, tagged), position (tagged) → XML text with context
  { name: 'toXmlText', kind: 'proc', internal: true, slots: 13, file: 'builtins/xml', catches: true },
];

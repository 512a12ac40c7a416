/** What nodes of the syntax tree are called. */
import { FLAG_FORCE_STRING, FLAG_OPERATOR, Node } from '../syntax/ast';

export function nodeName(kind: u32, flags: u32): string {
  switch (kind) {
    case Node.Int:
      return 'Int';
    case Node.Float:
      return 'Float';
    case Node.String:
      return 'String';
    case Node.Path:
      return 'Path';
    case Node.Var:
      return 'Variable';
    case Node.Select:
      return 'Select';
    case Node.HasAttr:
      return 'HasAttribute';
    case Node.Attrs:
      return 'AttributeSet';
    case Node.List:
      return 'List';
    case Node.Lambda:
      return 'Lambda';
    case Node.Call:
      return flags & FLAG_OPERATOR ? 'Operator' : 'Call';
    case Node.Let:
      return 'Let';
    case Node.With:
      return 'With';
    case Node.If:
      return 'If';
    case Node.Assert:
      return 'Assert';
    case Node.ConcatStrings:
      return flags & FLAG_FORCE_STRING ? 'Interpolation' : 'Concatenation';
    case Node.CurPos:
      return 'CurrentPosition';
    case Node.InheritFrom:
      return 'InheritFrom';
    default:
      return 'Operator';
  }
}
export function operatorName(kind: u32): string {
  switch (kind) {
    case Node.Not:
      return '!';
    case Node.Eq:
      return '==';
    case Node.NEq:
      return '!=';
    case Node.And:
      return '&&';
    case Node.Or:
      return '||';
    case Node.Impl:
      return '->';
    case Node.Update:
      return '//';
    case Node.ConcatLists:
      return '++';
    default:
      return '';
  }
}

/** What the grammar's rules do: from actions to the functions that make nodes. */
import { Act } from '../gen/grammar';
import {
  applyOr,
  binary,
  compare,
  concatenation,
  hasAttr,
  indentedPart,
  list,
  pathInterpolated,
  pathName,
  pathString,
  plus,
  pushPart,
  searchPath,
  select,
  textNode,
  variable,
  yieldsPath,
} from './act-exprs';
import { formal, formals, lambdaFormals, pushFormal } from './act-formals';
import { bind, closeAttrs, inherit, inheritFrom, inheritedName, inheritedString, letBody, letIn } from './act-sets';
import { FLAG_FORCE_STRING, FLAG_REC, Node } from './ast';
import { indentedString } from './indent';
import { itemsPush, itemsTop } from './items';
import { lintUri, warnAboutOr } from './lints';
import { CALL_OR_END, applyTo, node1, node2, node3, nodeLambda, nodeNumber, nodeOperator, positionOfNode } from './nodes';
import { homePath, literalPath } from './paths';
import { attrsNew, setOf } from './sets';
import { beginOf, internAt, node, second, value, yields } from './slots';
import { ENTRY, E_SECOND, E_VALUE } from './stack';
import { PS_ROOT, SY_SUB } from './state';

const OR_TEXT: usize = memory.data<u8>([0x6f, 0x72]);

/** Runs an action; returns false after an error. */
export function act(action: u32, arg: u32, at: usize): bool {
  switch (action) {
    case Act.Variable:
      return yields(at, variable(at));
    case Act.Apply: {
      const result = applyTo(beginOf(at, 0), node(at, 0), node(at, 1));
      warnAboutOr(node(at, 1));
      return yields(at, result);
    }
    case Act.Select:
      return select(at, 0);
    case Act.AttrpathFirstName:
      return pathName(at, itemsTop(), internAt(at, 0));
    case Act.AttrpathName:
      return pathName(at, value(at, 0), internAt(at, 2));
    case Act.Bind:
      return bind(setOf(node(at, 0)), at + ENTRY);
    case Act.BindFirst: {
      const attrs = attrsNew(0);
      return bind(setOf(attrs), at) && yields(at, attrs);
    }
    case Act.BindsEmpty:
      return yields(at, attrsNew(0));
    case Act.Attrs:
      return closeAttrs(at, node(at, 1), 0);
    case Act.Rec:
      return closeAttrs(at, node(at, 2), FLAG_REC);
    case Act.LetBody:
      return letBody(at);
    case Act.AttrsEmpty:
      return yields(at, attrsNew(beginOf(at, 0)));
    case Act.StringLiteral:
      return yields(at, node2(Node.String, 0, value(at, 0), second(at, 0)));
    case Act.StringEmpty:
      return yields(at, node2(Node.String, 0, 0, 0));
    case Act.StringInterpolated:
      return concatenation(at, at, Node.ConcatStrings | (FLAG_FORCE_STRING << 8));
    case Act.Second:
    case Act.Quoted:
      return yields(at, node(at, 1));
    case Act.Paren: {
      const inner = node(at, 1);
      if (load<u8>(inner) == Node.Call) store<u32>(inner, 0, CALL_OR_END);
      return yields(at, inner);
    }
    case Act.ItemsEmpty:
      return yields(at, itemsTop());
    case Act.ListItem:
      store<u32>(itemsPush(4), value(at, 1));
      warnAboutOr(node(at, 1));
      return true;
    case Act.List:
      return list(at);
    case Act.IndentedText:
      return indentedPart(beginOf(at, 1), 0, value(at, 1), second(at, 1));
    case Act.IndentedExpr:
      return indentedPart(beginOf(at, 1), value(at, 2), 0, 0);
    case Act.IndentedString:
      return yields(at, indentedString(value(at, 1), beginOf(at, 0)));
    case Act.PartsText:
      pushPart(beginOf(at, 1), textNode(at, 1));
      return true;
    case Act.PartsExpr:
      pushPart(beginOf(at, 1), node(at, 2));
      return true;
    case Act.PartsStartExpr: {
      const start = itemsTop();
      pushPart(beginOf(at, 0), node(at, 1));
      return yields(at, start);
    }
    case Act.PartsStartText: {
      const start = itemsTop();
      pushPart(beginOf(at, 0), textNode(at, 0));
      pushPart(beginOf(at, 1), node(at, 2));
      return yields(at, start);
    }
    case Act.Lambda:
      return yields(at, nodeLambda(beginOf(at, 0), internAt(at, 0), 0, node(at, 2)));
    default:
      return actRarely(action, arg, at);
  }
}

/** The actions that files have fewer of: `act` stays small. */
function actRarely(action: u32, arg: u32, at: usize): bool {
  switch (action) {
    case Act.Int:
      return yields(at, nodeNumber(Node.Int, load<u64>(at, E_VALUE)));
    case Act.Float:
      return yields(at, nodeNumber(Node.Float, load<u64>(at, E_VALUE)));
    case Act.If:
      return yields(at, node3(Node.If, beginOf(at, 0), value(at, 1), value(at, 3), value(at, 5)));
    case Act.With:
      return yields(at, node2(Node.With, beginOf(at, 0), value(at, 1), value(at, 3)));
    case Act.Assert:
      return yields(at, node2(Node.Assert, beginOf(at, 0), value(at, 1), value(at, 3)));
    case Act.Let:
      return letIn(at);
    case Act.Plus:
      return plus(at);
    case Act.Eq:
      return yields(at, node2(Node.Eq, 0, value(at, 0), value(at, 2)));
    case Act.NEq:
      return yields(at, node2(Node.NEq, 0, value(at, 0), value(at, 2)));
    case Act.And:
      return binary(Node.And, at);
    case Act.Or:
      return binary(Node.Or, at);
    case Act.Impl:
      return binary(Node.Impl, at);
    case Act.Update:
      return binary(Node.Update, at);
    case Act.ConcatLists:
      return binary(Node.ConcatLists, at);
    case Act.Not:
      return yields(at, node1(Node.Not, positionOfNode(node(at, 1)), value(at, 1)));
    case Act.Negate:
      return yields(at, nodeOperator(beginOf(at, 0), load<u32>(SY_SUB), nodeNumber(Node.Int, 0), node(at, 1)));
    case Act.Compare:
      return compare(arg, at);
    case Act.Arithmetic:
      // `arg` counts the symbols from SY_SUB on
      return yields(at, nodeOperator(beginOf(at, 1), load<u32>(SY_SUB + ((<usize>arg) << 2)), node(at, 0), node(at, 2)));
    case Act.HasAttr:
      return hasAttr(at);
    case Act.SelectOr: {
      const fallback = node(at, 4);
      select(at, <u32>fallback);
      warnAboutOr(fallback);
      return true;
    }
    case Act.ApplyOr:
      return applyOr(at);
    case Act.PipeFrom:
      return yields(at, applyTo(beginOf(at, 1), node(at, 0), node(at, 2)));
    case Act.PipeInto:
      return yields(at, applyTo(beginOf(at, 1), node(at, 2), node(at, 0)));
    case Act.Path:
      return yieldsPath(at, literalPath(node(at, 0), second(at, 0), beginOf(at, 0)));
    case Act.HomePath:
      return yieldsPath(at, homePath(node(at, 0), second(at, 0), beginOf(at, 0)));
    case Act.PathInterpolated:
      return pathInterpolated(at);
    case Act.SearchPath:
      return searchPath(at);
    case Act.Uri:
      if (!lintUri(node(at, 0), second(at, 0), beginOf(at, 0))) return false;
      return yields(at, textNode(at, 0));
    case Act.AttrOr:
      store<u32>(at, <u32>OR_TEXT, E_VALUE);
      store<u32>(at, 2, E_SECOND);
      return true;
    case Act.AttrpathFirstString:
      return pathString(at, itemsTop(), node(at, 0));
    case Act.AttrpathString:
      return pathString(at, value(at, 0), node(at, 2));
    case Act.AttrsName:
      return inheritedName(internAt(at, 1), beginOf(at, 1));
    case Act.AttrsString:
      return inheritedString(node(at, 1), beginOf(at, 1));
    case Act.Inherit:
      return inherit(at);
    case Act.InheritFrom:
      return inheritFrom(at);
    default:
      return actFormals(action, arg, at);
  }
}

function actFormals(action: u32, arg: u32, at: usize): bool {
  switch (action) {
    case Act.Formal:
      return formal(at, 0);
    case Act.FormalDefault:
      return formal(at, value(at, 2));
    case Act.FormalsFirst: {
      const start = itemsTop();
      pushFormal(at);
      return yields(at, start);
    }
    case Act.FormalsNext:
      pushFormal(at + 2 * ENTRY);
      return true;
    case Act.Formals:
      return yields(at, formals(value(at, 1), arg));
    case Act.FormalsEmpty:
      return yields(at, formals(itemsTop(), arg));
    case Act.LambdaFormals:
      return lambdaFormals(at, 0, node(at, 0), node(at, 2));
    case Act.LambdaFormalsAt:
      return lambdaFormals(at, internAt(at, 2), node(at, 0), node(at, 4));
    case Act.LambdaAtFormals:
      return lambdaFormals(at, internAt(at, 0), node(at, 2), node(at, 4));
    case Act.Result:
      store<u32>(PS_ROOT, value(at, 0));
      return true;
    default: // Act.ResultBindings
      store<u32>(PS_ROOT, value(at, 1));
      return true;
  }
}

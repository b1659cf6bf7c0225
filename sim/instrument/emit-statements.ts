// Statements: bodies and blocks, whose start attaches the twins of the functions declared in them, and the places where
// replaced text could run together with the line before it.

import type { BlockStatement, ExpressionStatement, FunctionDeclaration, IfStatement, LabeledStatement, SwitchStatement, VariableDeclaration } from 'acorn'
import { type Context, type Emit, print, printChildren, printParts } from './emit.js'
import { printOperation } from './emit-calls.js'
import { isSteppedForAwait, printForAwait } from './emit-for-await.js'
import { attachName, capturedNames, printTemporaries, printTwin } from './emit-functions.js'
import { firstCharacter, type Piece, slice, text } from './emit-text.js'
import { isForUsing, isUsing, printForUsing, wrapDisposables } from './emit-using.js'
import { isFunction, type Node } from './scope-tree.js'
import type { Unit } from './scope-unit.js'

/** The body of a function, braces included. `prologue` is evaluated first. */
export function printFunctionBody(emit: Emit, node: BlockStatement, unit: Unit, context: Context, prologue: readonly Piece[]): Piece {
  const directives = node.body.filter((statement) => statement.type === 'ExpressionStatement' && statement.directive !== undefined)
  const after = directives.at(-1)?.end ?? node.start + 1
  const statements = node.body.slice(directives.length)
  const rest = printContents(emit, statements, after, node.end - 1, context)
  const start: Piece[] = []
  if (context.stepped) start.push(printTemporaries(context.temporaries))
  start.push(printCaptures(emit, unit, context), ...prologue)
  const separator = directives.length > 0 && emit.source[after - 1] !== ';' ? ';' : ''
  const end = context.constructs ? '; return this; ' : ''
  return text`${slice(node.start, after)}${separator}${start}${rest}${end}${slice(node.end - 1, node.end)}`
}

/** Constants for the twins of arrows in this unit. */
export function printCaptures(emit: Emit, unit: Unit, context: Context): Piece {
  if (unit.kind === 'arrow' || context.capture === undefined) return ''
  const taken = capturedNames(emit, unit.captures, false, context.lexical.newTarget)
  return taken.length === 0 ? '' : ` const ${taken.map(([name, value]) => `${name} = ${value}`).join(', ')};`
}

export function printBlock(emit: Emit, node: BlockStatement, context: Context): Piece {
  return text`${slice(node.start, node.start + 1)}${printContents(emit, node.body, node.start + 1, node.end - 1, context)}${slice(node.end - 1, node.end)}`
}

/** A static block. */
export function printBody(emit: Emit, statements: readonly Node[], start: number, end: number, unit: Unit, context: Context): Piece {
  const open = emit.source.indexOf('{', start) + 1
  return text`${slice(start, open)}${printCaptures(emit, unit, context)}${printContents(emit, statements, open, end - 1, context)}${slice(end - 1, end)}`
}

/** What stands between the braces of a block. */
function printContents(emit: Emit, statements: readonly Node[], start: number, end: number, context: Context): Piece {
  const list = text`${printAttaches(emit, statements)}${printList(emit, statements, start, end, context)}`
  return wrapDisposables(emit, statements, list, context)
}

/** Functions are there before the first statement of their block, and so are their twins. */
export function printAttaches(emit: Emit, statements: readonly Node[]): Piece {
  const attaches: string[] = []
  for (const statement of statements) {
    const node = declaredFunction(statement)
    if (node?.id && emit.unitOf(node).twin && !emit.analysis.replaced.has(node)) {
      attaches.push(` ${attachName(emit, node)}(${node.id.name}, ${emit.step(node.id.name)});`)
    }
  }
  return attaches.join('')
}

export function declaredFunction(statement: Node): FunctionDeclaration | undefined {
  let node = statement
  while (node.type === 'LabeledStatement') node = node.body
  if ((node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration') && node.declaration) node = node.declaration as Node
  return node.type === 'FunctionDeclaration' ? (node as FunctionDeclaration) : undefined
}

export function printList(emit: Emit, statements: readonly Node[], start: number, end: number, context: Context, printOne = printItem): Piece {
  const pieces: Piece[] = []
  let at = start
  for (const statement of statements) {
    const piece = printOne(emit, statement, context)
    pieces.push(slice(at, statement.start))
    if (at !== start && runsOn(emit, statement, piece, at)) pieces.push(';')
    pieces.push(piece)
    at = statement.end
  }
  pieces.push(slice(at, end))
  return pieces
}

/** Whether the printed statement would continue the one that ends at `before`, which relies on a line break to end. */
function runsOn(emit: Emit, statement: Node, piece: Piece, before: number): boolean {
  const first = firstCharacter(piece, emit.source)
  return '([`{+-/*'.includes(first) && first !== emit.source[statement.start] && emit.source[before - 1] !== ';'
}

/** A statement of a list, where other statements can be put beside it. */
export function printItem(emit: Emit, node: Node, context: Context): Piece {
  if (context.stepped && node.type === 'ExpressionStatement') return printExpressionItem(emit, node, context)
  const declaration = node.type === 'ExportNamedDeclaration' ? (node.declaration as Node | null) : node
  if (declaration?.type === 'VariableDeclaration') return printDeclarationItem(emit, node, declaration as VariableDeclaration, context)
  return print(emit, node, context)
}

/** An operation whose result nobody wants. */
function printExpressionItem(emit: Emit, node: ExpressionStatement, context: Context): Piece {
  const { expression } = node
  if (expression.type !== 'CallExpression' || emit.units.classify(expression).kind !== 'atomic') return print(emit, node, context)
  return text`if (${printOperation(emit, expression, context)} === ${emit.name('W')}) yield;`
}

/** `const f = () => …; $h.attach(f, function* …);` keeps the function's name and is easier to read than wrapping it. */
function printDeclarationItem(emit: Emit, node: Node, declaration: VariableDeclaration, context: Context): Piece {
  const [first, second] = declaration.declarations
  const init = first?.init as Node | null | undefined
  if (second !== undefined || first?.id.type !== 'Identifier' || !isFunction(init)) return print(emit, node, context)
  const unit = emit.unitOf(init)
  const captured = context.capture !== undefined || !Object.values(unit.uses).some(Boolean)
  if (!unit.twin || unit.selfUsed || isUsing(declaration) || (unit.kind === 'arrow' && !captured)) return print(emit, node, context)
  emit.bare.add(init)
  const original = print(emit, node, context)
  emit.bare.delete(init)
  const separator = emit.source[node.end - 1] === ';' ? '' : ';'
  const name = first.id.name
  return text`${original}${separator} ${attachName(emit, init)}(${name}, ${printTwin(emit, init, context, `function* ${emit.step(name)}ped`)});`
}

/** A statement that stands alone, in a list or not. */
export function printStatement(emit: Emit, node: ExpressionStatement | IfStatement | LabeledStatement, context: Context): Piece {
  if (node.type === 'LabeledStatement') {
    const labels: Piece[] = []
    let body: Node = node
    while (body.type === 'LabeledStatement') {
      labels.push(slice(body.start, body.body.start))
      body = body.body
    }
    if (isForUsing(body)) return printForUsing(emit, body, context, labels)
    if (isSteppedForAwait(body, context)) return printForAwait(emit, body, context, labels)
  }
  if (node.type === 'IfStatement') {
    // Sloppy code may declare a function here; its twin needs a block.
    const parts = [node.consequent, node.alternate].filter((part) => part?.type === 'FunctionDeclaration') as Node[]
    if (parts.length > 0) {
      const pieces: Piece[] = []
      let at = node.start
      for (const part of [node.test, node.consequent, node.alternate] as (Node | null)[]) {
        if (!part) continue
        const printed = print(emit, part, context)
        pieces.push(slice(at, part.start), parts.includes(part) ? text`{${printAttaches(emit, [part])} ${printed} }` : printed)
        at = part.end
      }
      return pieces
    }
  }
  return printChildren(emit, node, context)
}

/** Functions declared in a switch are there from its start, so the first expression that it evaluates attaches twins. */
export function printSwitch(emit: Emit, node: SwitchStatement, context: Context): Piece {
  const attaches = String(
    printAttaches(
      emit,
      node.cases.flatMap((one) => one.consequent),
    ),
  )
  const first = node.cases.find((one) => one.test)
  const pieces: Piece[] = [slice(node.start, node.discriminant.start), print(emit, node.discriminant, context)]
  let at = node.discriminant.end
  for (const one of node.cases) {
    pieces.push(slice(at, one.start))
    at = one.start
    if (one.test) {
      const test = print(emit, one.test, context)
      const attached = one === first && attaches !== '' ? text`(${attaches.trim().replaceAll(';', ',')} ${test})` : test
      pieces.push(slice(at, one.test.start), attached)
      at = one.test.end
    }
    const [statement] = one.consequent
    const start = statement?.start ?? one.end
    pieces.push(slice(at, start))
    if (first === undefined) pieces.push(attaches)
    pieces.push(printList(emit, one.consequent, start, one.end, context))
    at = one.end
  }
  pieces.push(printParts(emit, at, node.end, [], context))
  return pieces
}

// Prints a tree as a program. Whatever the tree, the program parses and ends: calls and turns of loops are counted, and
// past a bound functions return at once and loops end. Values do not grow: they pass through `num`, `text` and `list` before
// anything is computed from them.
//
// The program finds `num`, `text`, `list`, `fail` and `where` outside; they are not instrumented.

import { printExpression } from './program-expressions.test.support.js'
import { deeper, newScope, type Place, type Profile, visible } from './program-scope.test.support.js'
import { printStatements } from './program-statements.test.support.js'
import type { ProgramTree, Tree } from './program-trees.test.support.js'

/** A literal, a variable, an operation, in turn. */
const LEAVES = [0, 2, 1, 2, 0, 1].map((form, index): Tree => ({ form, pick: index, kids: [] }))
const none = LEAVES[0] as Tree

export class Printer {
  readonly profile: Profile
  readonly isAsync: boolean
  readonly #isBusy: boolean
  #names = 0
  #leaves = 0

  constructor(profile: Profile, isAsync: boolean, { busy }: ProgramTree) {
    this.profile = profile
    this.isAsync = isAsync
    this.#isBusy = busy
  }

  name(prefix: string): string {
    return `${prefix}${this.#names++}`
  }

  /** A name for a binding of a block: new, or that of an outer variable, which it then shadows. */
  shadowing(prefix: string, place: Place, pick: number): string {
    const outer = visible(place.scope.parent, 'assignable')
    const name = outer[pick % (3 * outer.length + 1)]
    if (name === undefined || place.scope.declared.has(name)) return this.name(prefix)
    return name
  }

  kid(tree: Tree, index: number): Tree {
    return tree.kids[index] ?? none
  }

  expression(tree: Tree | undefined, place: Place): string {
    return printExpression(this, tree ?? this.#leaf(), place)
  }

  #leaf(): Tree {
    return this.#isBusy ? (LEAVES[this.#leaves++ % LEAVES.length] as Tree) : none
  }

  /** A block with braces. */
  block(trees: readonly Tree[], place: Place, declared: readonly string[] = [], prologue: readonly string[] = []): string {
    const inner = deeper({ ...place, scope: newScope(place.scope, declared) })
    const lines = [...prologue, ...printStatements(this, trees, inner)]
    return lines.length === 0 ? '{}' : `{\n${lines.map((line) => inner.indent + line).join('\n')}\n${place.indent}}`
  }
}

/** The program's text: a CommonJS module that exports `run`. */
export function printProgram(tree: ProgramTree, profile: Profile, isAsync: boolean): string {
  const printer = new Printer(profile, isAsync, tree)
  const scope = newScope(undefined, ['calls', 'turns', 'memory', 'log', 'A', 'load', 'plus', 'tag'])
  scope.functions.push('tag')
  const place: Place = {
    scope,
    labels: [],
    inLoop: false,
    breakable: false,
    isGenerator: false,
    isAsync: false,
    method: 'none',
    constructs: false,
    hasArguments: false,
    indent: '',
  }
  const declarations = [...tree.functions.map((one) => ({ ...one, form: 0 })), ...tree.classes.map((one) => ({ ...one, form: 1 }))]
  const lines = printStatements(printer, declarations, place, true)
  const body = printer.block(
    tree.body,
    { ...place, scope: newScope(scope), isAsync, hasArguments: true },
    [],
    ['calls = turns = 0;', '[memory, log] = arguments;', 'let v = 0;'],
  )
  return `${tree.strict ? "'use strict';\n" : ''}const A = Atomics, { load, add: plus } = Atomics;
let calls = 0, turns = 0, memory, log;
function tag(strings, ...values) { return [strings?.raw?.length, plus(memory, 7, values.length), list(values[0])]; }
${lines.join('\n')}
exports.run = ${isAsync ? 'async ' : ''}function run() ${body};
`
}

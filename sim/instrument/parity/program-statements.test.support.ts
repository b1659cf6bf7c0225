// Statements of generated programs.

import { printArrow, printClassBody, printFunctionRest, printPattern, printResult } from './program-functions.test.support.js'
import type { Printer } from './program-printer.test.support.js'
import { newScope, type Place, TURNS_MAX, visible } from './program-scope.test.support.js'
import type { Tree } from './program-trees.test.support.js'

type Form = (printer: Printer, tree: Tree, place: Place) => string

/** The statements of one block. Functions are known from its start. `declarations`: forms 0 and 1 are functions and classes. */
export function printStatements(printer: Printer, trees: readonly Tree[], place: Place, declarations = false): string[] {
  const hoisted = new Map<Tree, string>()
  const formOf = (tree: Tree): Form => (declarations ? (tree.form === 0 ? functionDeclaration : classDeclaration) : (FORMS[tree.form % FORMS.length] as Form))
  for (const tree of trees) {
    if (formOf(tree) !== functionDeclaration) continue
    const name = printer.name('f')
    hoisted.set(tree, name)
    place.scope.declared.add(name)
    place.scope.functions.push(name)
  }
  return trees.map((tree) => {
    const name = hoisted.get(tree)
    return name === undefined ? formOf(tree)(printer, tree, place) : printDeclaredFunction(printer, tree, place, name)
  })
}

function printDeclaredFunction(printer: Printer, tree: Tree, place: Place, name: string): string {
  const kind = printer.isAsync && tree.pick % 3 === 0 ? 'async function' : 'function'
  return `${kind} ${name}${printFunctionRest(printer, tree, place, { isAsync: kind !== 'function' })}`
}

/** Only a mark: {@link printStatements} prints it. */
const functionDeclaration: Form = () => ''

const classDeclaration: Form = (printer, tree, place) => {
  const name = printer.name('C')
  const text = `class ${name}${printClassBody(printer, tree, place)}`
  place.scope.classes.push(name)
  return text
}

const expression: Form = (printer, tree, place) => {
  const text = printer.expression(tree.kids[0] ?? { form: 1, pick: tree.pick, kids: [] }, place)
  const value = tree.pick % 4 === 1 ? `try { log(${text}); } catch (e) { log('caught', short(e)); }` : `log(${text});`
  return tree.pick % 3 === 0 && !/^(function|class|\{|let|async)/.test(text) ? `${text};` : value
}

const declaration: Form = (printer, tree, place) => {
  const kind = (['let', 'const', 'var'] as const)[tree.pick % 3] as 'let' | 'const' | 'var'
  const name = kind === 'var' ? printer.name('v') : printer.shadowing('x', place, tree.pick)
  const text = `${kind} ${name} = ${printer.expression(tree.kids[0], place)};`
  declare(place, name, kind !== 'const')
  return text
}

const closure: Form = (printer, tree, place) => {
  const name = printer.name('g')
  const text = `const ${name} = ${printArrow(printer, tree, place)};`
  place.scope.declared.add(name)
  place.scope.functions.push(name)
  return text
}

const object: Form = (printer, tree, place) => {
  const name = printer.name('o')
  const text = `const ${name} = { p: ${printer.expression(tree.kids[0], place)}, m${printFunctionRest(printer, printer.kid(tree, 1), place)}, n: ${printArrow(printer, printer.kid(tree, 2), place)}, ['k']: ${printArrow(printer, printer.kid(tree, 3), place)}, get q() { log('get q'); return ${visible(place.scope, 'functions')[0] ?? 'log'}; } };`
  place.scope.declared.add(name)
  place.scope.objects.push(name)
  return text
}

const destructuring: Form = (printer, tree, place) => {
  const { pattern, names, source } = printPattern(printer, tree, place, (pick) => printer.shadowing('d', place, pick))
  const text = `${tree.pick % 2 === 0 ? 'let' : 'const'} ${pattern} = ${source};`
  for (const name of names) declare(place, name, tree.pick % 2 === 0)
  return text
}

const condition: Form = (printer, tree, place) => {
  const [test, ...rest] = tree.kids
  const half = Math.ceil(rest.length / 2)
  const alternate = rest.length > 1 || tree.pick % 2 === 0 ? ` else ${printer.block(rest.slice(half), place)}` : ''
  return `if (${printer.expression(test, place)}) ${printer.block(rest.slice(0, half), place)}${alternate}`
}

const counted: Form = (printer, tree, place) => {
  const i = printer.name('i')
  const scope = newScope(place.scope, [i])
  scope.readable.push(i)
  const inside = { ...place, scope, inLoop: true, breakable: true }
  const [start, ...rest] = tree.kids
  const body = printer.block(rest, inside)
  const begin = start === undefined ? '' : `, ${i}s = ${printer.expression(start, place)}`
  return `for (let ${i} = 0${begin}; ${i} < ${1 + (tree.pick % 3)} && ++turns < ${TURNS_MAX}; ${i}++) ${body}`
}

const forOf: Form = (printer, tree, place) => {
  const scope = newScope(place.scope)
  const [source, ...rest] = tree.kids
  const list = `list(${printer.expression(source, place)})`
  const isAwaited = place.isAsync && tree.pick % 3 === 0
  const name = printer.name('e')
  scope.declared.add(name)
  ;(tree.pick % 2 === 0 ? scope.readable : scope.assignable).push(name)
  const body = printer.block(rest, { ...place, scope, inLoop: true, breakable: true })
  const generator = `(async function* ${printFunctionRest(printer, tree, place, { isAsync: true, isGenerator: true })})(${list})`
  const iterated = isAwaited && tree.pick % 2 === 0 ? generator : tree.pick % 5 === 0 ? `[${list}, 1]` : list
  return `for ${isAwaited ? 'await ' : ''}(${tree.pick % 2 === 0 ? 'const' : 'let'} ${name} of ${iterated}) ${body}`
}

const forIn: Form = (printer, tree, place) => {
  const name = printer.name('k')
  const scope = newScope(place.scope, [name])
  scope.readable.push(name)
  const [source, ...rest] = tree.kids
  return `for (const ${name} in { a: ${printer.expression(source, place)}, b: 1 }) ${printer.block(rest, { ...place, scope, inLoop: true, breakable: true })}`
}

const whileLoop: Form = (printer, tree, place) => {
  const w = printer.name('w')
  place.scope.declared.add(w)
  place.scope.readable.push(w)
  const [test, ...rest] = tree.kids
  const body = printer.block(rest, { ...place, inLoop: true, breakable: true })
  const condition = `${w}-- > 0 && ++turns < ${TURNS_MAX}${test === undefined ? '' : ` && (${printer.expression(test, place)}, true)`}`
  const text = tree.pick % 2 === 0 ? `while (${condition}) ${body}` : `do ${body} while (${condition});`
  return `let ${w} = ${1 + (tree.pick % 3)};\n${place.indent}${text}`
}

const labelled: Form = (printer, tree, place) => {
  const label = printer.name('l')
  const isLoop = tree.pick % 3 !== 0
  const inside = { ...place, labels: [...place.labels, { name: label, isLoop }] }
  if (!isLoop) return `${label}: ${printer.block(tree.kids, inside)}`
  const loop = tree.pick % 3 === 1 ? counted : forOf
  return `${label}: ${loop(printer, tree, inside)}`
}

const jump: Form = (printer, tree, place) => {
  const ways: string[] = []
  if (place.breakable) ways.push('break;')
  if (place.inLoop) ways.push('continue;')
  for (const { name, isLoop } of place.labels) ways.push(`break ${name};`, ...(isLoop ? [`continue ${name};`] : []))
  if (place.hasArguments) ways.push(`return ${printResult(printer, tree.kids[0], place)};`)
  const way = ways[tree.pick % Math.max(1, ways.length)]
  if (way === undefined) return expression(printer, tree, place)
  // Mostly on condition, else what follows would never run.
  return tree.pick % 4 === 0 ? way : `if (${printer.expression(tree.kids[1], place)}) ${way}`
}

const thrown: Form = (printer, tree, place) => {
  const value = printer.expression(tree.kids[0], place)
  const text = tree.pick % 2 === 0 ? `throw new RangeError(text(${value}));` : `throw ${value};`
  return tree.pick % 3 === 0 ? text : `if (${printer.expression(tree.kids[1], place)}) ${text}`
}

const attempt: Form = (printer, tree, place) => {
  const [body = [], handler = [], last = []] = inThree(tree.kids)
  const error = printer.name('e')
  const scope = newScope(place.scope, [error])
  scope.readable.push(error)
  const caught = tree.pick % 4 === 3 ? '' : ` catch (${error}) ${printer.block(handler, { ...place, scope }, [error], [`log('caught', short(${error}));`])}`
  const after = tree.pick % 4 < 2 && caught !== '' ? '' : ` finally ${printer.block(last, place, [], ["log('finally');"])}`
  return `try ${printer.block(body, place)}${caught}${after}`
}

const choice: Form = (printer, tree, place) => {
  const [value, ...rest] = tree.kids
  const inside: Place = { ...place, scope: newScope(place.scope), breakable: true, indent: `${place.indent}  ` }
  const cases = rest.map((kid, index) => {
    const head = kid.pick % 4 === 0 && index === rest.length - 1 ? 'default' : `case ${printer.expression(kid.kids[0], inside)}`
    // A declaration in a case may be skipped and then used: it stands in a block.
    const statement = printer.block(kid.kids.slice(1), inside)
    return `${inside.indent}${head}: ${statement}${kid.pick % 2 === 0 ? ' break;' : ''}`
  })
  return `switch (${printer.expression(value, place)}) {\n${cases.join('\n')}\n${place.indent}}`
}

const block: Form = (printer, tree, place) => printer.block(tree.kids, place)

const operation: Form = (printer, tree, place) => {
  const operations = ['store', 'add', 'sub', 'exchange']
  return `Atomics.${operations[tree.pick % 4]}(memory, ${tree.pick % 6}, num(${printer.expression(tree.kids[0], place)}));`
}

/** More than once where it is to be met more often. */
const FORMS: readonly Form[] = [
  expression,
  operation,
  expression,
  declaration,
  declaration,
  condition,
  counted,
  forOf,
  forIn,
  whileLoop,
  attempt,
  attempt,
  jump,
  jump,
  labelled,
  thrown,
  choice,
  block,
  closure,
  closure,
  object,
  destructuring,
  functionDeclaration,
  classDeclaration,
  expression,
]

function declare(place: Place, name: string, isAssignable: boolean): void {
  place.scope.declared.add(name)
  if (isAssignable) place.scope.assignable.push(name)
  else place.scope.readable.push(name)
}

function inThree<T>(items: readonly T[]): T[][] {
  const third = Math.ceil(items.length / 3)
  return [items.slice(0, third), items.slice(third, 2 * third), items.slice(2 * third)]
}

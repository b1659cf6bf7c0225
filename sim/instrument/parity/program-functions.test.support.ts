// Functions, classes and patterns of generated programs.

import type { Printer } from './program-printer.test.support.js'
import { CALLS_MAX, deeper, newScope, type Place } from './program-scope.test.support.js'
import type { Tree } from './program-trees.test.support.js'

interface FunctionOptions {
  readonly isAsync?: boolean
  readonly isGenerator?: boolean
  readonly method?: Place['method']
  readonly constructs?: boolean
}

/** Parameters and body of a function or method. The first kid says what the parameters are, the others are the body. */
export function printFunctionRest(
  printer: Printer,
  tree: Tree,
  place: Place,
  { isAsync = false, isGenerator = false, method = 'none', constructs = false }: FunctionOptions = {},
): string {
  const scope = newScope(place.scope)
  const inside: Place = {
    scope,
    labels: [],
    inLoop: false,
    breakable: false,
    isGenerator,
    isAsync,
    method,
    constructs,
    hasArguments: true,
    indent: place.indent,
  }
  const [first, ...rest] = tree.kids
  const parameters = first === undefined || isAsync ? bindPlainly(inside) : printParameters(printer, first, inside)
  return `(${parameters}) ${printBody(printer, rest, inside, tree.pick)}`
}

/** An arrow; expression-bodied where there is little to do. */
export function printArrow(printer: Printer, tree: Tree, place: Place): string {
  const scope = newScope(place.scope)
  const isAsync = printer.isAsync && tree.pick % 5 === 1
  const inside: Place = { ...place, scope, labels: [], inLoop: false, breakable: false, isGenerator: false, isAsync, constructs: false }
  const [first, second, ...rest] = tree.kids
  const isShort = rest.length === 0 && tree.pick % 2 === 0 && !isAsync
  const parameters = first === undefined || isShort || isAsync ? bindPlainly(inside) : printParameters(printer, first, inside)
  const head = `${isAsync ? 'async ' : ''}(${parameters}) =>`
  if (isShort) return `(${head} ++calls > ${CALLS_MAX} ? calls : ${printer.expression(first, inside)})`
  // An arrow's body may return whatever stands around it.
  return `(${head} ${printBody(
    printer,
    [second, ...rest].filter((kid) => kid !== undefined),
    { ...inside, hasArguments: place.hasArguments },
    tree.pick,
  )})`
}

function printBody(printer: Printer, trees: readonly Tree[], place: Place, pick: number): string {
  const last = trees.at(-1)
  const inner = deeper(place)
  // The body may declare again neither a parameter nor what the parameters mention.
  const result = last === undefined ? undefined : `return ${printResult(printer, last, inner)};`
  const prologue = [`if (++calls > ${CALLS_MAX}) return calls;`]
  if (place.isAsync && place.isGenerator) prologue.push('log(yield* list(a), yield calls);')
  const bound = [...place.scope.assignable, ...place.scope.readable]
  const text = printer.block(trees.slice(0, -1), place, bound, prologue)
  const body = result === undefined || pick % 5 === 4 ? text : `${text.slice(0, -(1 + place.indent.length))}${inner.indent}${result}\n${place.indent}}`
  // Nobody may be there to handle a rejection.
  return place.isAsync ? `{ try ${body} catch (error) { return log('caught', short(error)); } }` : body
}

/** What a function returns. */
export function printResult(printer: Printer, tree: Tree | undefined, place: Place): string {
  const value = printer.expression(tree, place)
  return place.constructs ? `list(${value})` : value
}

/** Up to three parameters: plain, with defaults that may call, patterns, a rest. They may neither yield nor await. */
function printParameters(printer: Printer, tree: Tree, body: Place): string {
  const place = { ...body, isGenerator: false, isAsync: false }
  const list = tree.kids.slice(0, 3).map((kid, index) => {
    switch (kid.pick % 5) {
      case 1: {
        const value = printer.expression(kid.kids[0], place)
        return `${bind(printer, place)} = ${GUARD}${value}`
      }
      case 2: {
        const { pattern, names, source } = printPattern(printer, kid, place, () => printer.name('q'), GUARD)
        for (const name of names) place.scope.assignable.push(name)
        return `${pattern} = ${source}`
      }
      case 3:
        return index === Math.min(tree.kids.length, 3) - 1 ? `...${bind(printer, place)}` : bind(printer, place)
      default:
        return bind(printer, place)
    }
  })
  return list.join(', ')
}

/** The one parameter of a function of which more would be too much. */
function bindPlainly(place: Place): string {
  place.scope.assignable.push('a')
  return 'a'
}

function bind(printer: Printer, place: Place): string {
  const name = printer.name('p')
  place.scope.assignable.push(name)
  return name
}

export interface Pattern {
  readonly pattern: string
  readonly names: readonly string[]
  /** What is taken apart. */
  readonly source: string
}

/** In front of what parameters evaluate, which comes before the body's own guard. */
const GUARD = `++calls > ${CALLS_MAX} ? calls : `

/** A pattern with defaults that may call, and a source that fits it. `nameOf` gives what it binds, or a target of assignment. */
export function printPattern(printer: Printer, tree: Tree, place: Place, nameOf: (pick: number) => string, guard = '', mayRepeat = false): Pattern {
  const [value, ...rest] = tree.kids
  const names: string[] = []
  const take = (pick: number): string => {
    let name = nameOf(pick)
    while (!mayRepeat && names.includes(name)) name = printer.name('d')
    names.push(name)
    return name
  }
  const items = (rest.length === 0 ? [tree] : rest).slice(0, 3).map((kid) => ({ pick: kid.pick, value: kid === tree ? undefined : kid }))
  const printed = items.map(({ pick, value: kid }) => ({ pick, text: kid === undefined || pick % 3 === 0 ? undefined : printer.expression(kid, place) }))
  const source = printer.expression(value, place)
  if (tree.pick % 3 === 0) {
    const parts = printed.map(({ pick, text }) => (text === undefined ? take(pick) : `${take(pick)} = ${guard}${text}`))
    if (tree.pick % 2 === 0) parts.push(`...${take(tree.pick)}`)
    return { pattern: `[${parts.join(', ')}]`, names, source: `[...list(${guard}${source}), undefined]` }
  }
  const parts = printed.map(({ pick, text }) => {
    const key = pick % 4 === 0 ? `[log('${'pqr'[pick % 3]}')]` : 'pqr'[pick % 3]
    return `${key}: ${take(pick)}${text === undefined ? '' : ` = ${guard}${text}`}`
  })
  if (tree.pick % 2 === 0) parts.push(`...${take(tree.pick)}`)
  return { pattern: `{ ${parts.join(', ')} }`, names, source: `{ p: ${guard}${source}, r: 1 }` }
}

/** Everything of a class after its name: a base, a constructor, fields, methods, private and static ones, accessors. */
export function printClassBody(printer: Printer, tree: Tree, place: Place): string {
  const bases = classesOf(place)
  const base = bases.length > 0 && tree.pick % 3 === 0 ? bases[tree.pick % bases.length] : undefined
  const method: Place['method'] = base === undefined ? 'own' : 'derived'
  const inner = deeper({
    ...place,
    scope: newScope(place.scope),
    labels: [],
    inLoop: false,
    breakable: false,
    isAsync: false,
    isGenerator: false,
    method,
    constructs: false,
    hasArguments: true,
  })
  const everything = printer.profile === 'all'
  const [one, two, three, four] = [0, 1, 2, 3].map((index) => printer.kid(tree, index)) as [Tree, Tree, Tree, Tree]
  const rest = (kid: Tree, options: FunctionOptions = {}) => printFunctionRest(printer, kid, inner, { method, ...options })
  const isAsync = printer.isAsync && tree.pick % 2 === 0
  const construct =
    base !== undefined || tree.pick % 5 < 2
      ? `constructor(...all) { ${base === undefined ? '' : 'super(...all); '}this.args = all.length; }`
      : `constructor${rest(four, { constructs: true })}`
  // Nothing but methods, and the constructor of the class above.
  if (base !== undefined && tree.pick % 5 < 2) {
    const methods = [`m${rest(one, { method: 'none' })}`, 'n(a) { return a; }', `static s${rest(three, { method: 'none' })}`]
    return ` extends ${base} {\n${methods.map((member) => inner.indent + member).join('\n')}\n${place.indent}}`
  }
  const members = [
    'x = 1;',
    construct,
    `m${rest(one)}`,
    `#p${rest(two)}`,
    `n(a) { return this.#p(a); }`,
    `static s${rest(three, { method: 'none' })}`,
    `${isAsync ? 'async ' : ''}['c' + ${tree.pick % 2}]${rest(four, { isAsync })}`,
  ]
  if (everything) {
    members.push(
      `get g() { return ${printer.expression(four.kids[0], { ...inner, scope: newScope(inner.scope) })}; }`,
      `f = ${printArrow(printer, three, { ...inner, hasArguments: false })};`,
      `*w${rest(two, { isGenerator: true })}`,
    )
    if (tree.pick % 2 === 0)
      members.splice(
        1,
        1,
        `constructor(...all) { ${base === undefined ? '' : 'super(...all); '}this.args = ${printer.expression(one.kids[0], { ...inner, scope: newScope(inner.scope) })}; }`,
      )
  }
  return `${base === undefined ? '' : ` extends ${base}`} {\n${members.map((member) => inner.indent + member).join('\n')}\n${place.indent}}`
}

function classesOf(place: Place): string[] {
  const list: string[] = []
  for (let scope: Place['scope'] | undefined = place.scope; scope !== undefined; scope = scope.parent) list.push(...scope.classes)
  return list
}

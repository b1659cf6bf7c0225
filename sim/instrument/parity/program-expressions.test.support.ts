// Expressions of generated programs. Each is printed so that it may stand as an operand.

import { printArrow, printClassBody, printFunctionRest, printPattern } from './program-functions.test.support.js'
import type { Printer } from './program-printer.test.support.js'
import { type Place, visible } from './program-scope.test.support.js'
import type { Tree } from './program-trees.test.support.js'

type Form = (printer: Printer, tree: Tree, place: Place) => string

export function printExpression(printer: Printer, tree: Tree, place: Place): string {
  const form = FORMS[tree.form % FORMS.length] as Form
  return form(printer, tree, place)
}

const LITERALS = ['0', '1', '2', 'true', 'false', 'undefined', 'null', '""', '"s"', '[1, 2]', '{ p: 1 }', '-1', '3.5']

const literal: Form = (_printer, { pick }) => {
  const text = LITERALS[pick % LITERALS.length] as string
  return text.startsWith('{') ? `(${text})` : text
}

const variable: Form = (printer, tree, place) => {
  const names = [
    ...visible(place.scope, 'assignable'),
    ...visible(place.scope, 'readable'),
    ...visible(place.scope, 'functions'),
    ...visible(place.scope, 'objects'),
  ]
  return names[tree.pick % Math.max(1, names.length)] ?? literal(printer, tree, place)
}

const logged: Form = (printer, tree, place) =>
  `log(${printer.expression(tree.kids[0], place)}${tree.kids.length > 1 ? `, ${printer.expression(tree.kids[1], place)}` : ''})`

const OPERATIONS = ['load', 'add', 'sub', 'exchange', 'store', 'and', 'or', 'xor']

const operation: Form = (printer, tree, place) => {
  const name = OPERATIONS[tree.pick % OPERATIONS.length] as string
  const index = tree.pick % 7 === 6 ? `num(${printer.expression(tree.kids[1], place)}) & 7` : String(tree.pick % 6)
  if (name === 'load') return `Atomics.load(memory, ${index})`
  return `Atomics.${name}(memory, ${index}, num(${printer.expression(tree.kids[0], place)}))`
}

const swap: Form = (printer, tree, place) =>
  `Atomics.compareExchange(memory, ${tree.pick % 4}, num(${printer.expression(tree.kids[0], place)}), num(${printer.expression(tree.kids[1], place)}))`

const alias: Form = (printer, tree, place) => {
  const value = `num(${printer.expression(tree.kids[0], place)})`
  const ways = [
    `load(memory, ${tree.pick % 6})`,
    `plus(memory, ${tree.pick % 6}, ${value})`,
    `A.sub(memory, ${tree.pick % 6}, ${value})`,
    `A['or'](memory, 1, ${value})`,
    `plus.call(null, memory, 2, ${value})`,
  ]
  return ways[tree.pick % ways.length] as string
}

/** Arguments; some spread. */
function args(printer: Printer, tree: Tree, from: number, place: Place): string {
  return tree.kids
    .slice(from)
    .map((kid) => (kid.pick % 6 === 5 ? `...list(${printer.expression(kid, place)})` : printer.expression(kid, place)))
    .join(', ')
}

/** Some function in scope, or one made on the spot. */
function someFunction(printer: Printer, tree: Tree, place: Place): string {
  const names = visible(place.scope, 'functions')
  return names[tree.pick % Math.max(1, names.length)] ?? printArrow(printer, tree, place)
}

const call: Form = (printer, tree, place) => `${someFunction(printer, tree, place)}(${args(printer, tree, 0, place)})`

const tryCall: Form = (printer, tree, place) => {
  const callee = printer.expression(tree.kids[0], place)
  const list = args(printer, tree, 1, place)
  return [`(${callee})(${list})`, `(${callee})?.(${list})`, `(${callee})?.m?.(${list})`, `(${callee})?.p.m(${list})`][tree.pick % 4] as string
}

const methodCall: Form = (printer, tree, place) => {
  const objects = visible(place.scope, 'objects')
  const o = objects[tree.pick % Math.max(1, objects.length)]
  if (o === undefined) return call(printer, tree, place)
  const list = args(printer, tree, 1, place)
  const key = printer.expression(tree.kids[0], place)
  const ways = [
    `${o}.m(${list})`,
    `${o}['n'](${list})`,
    `${o}[(${key}, 'k')](${list})`,
    `${o}?.m(${list})`,
    `${o}.m?.(${list})`,
    `(${o}.n)(${list})`,
    `(0, ${o}.m)(${list})`,
    `(${key}, ${o}).m(${list})`,
    `${o}.zz?.m(${list})`,
    `${o}?.[(${key}, 'm')]?.(${list})`,
    `(${o}?.m)(${list})`,
    `${o}.m.call(${o}, ${list})`,
    `${o}.q(${list})`,
    `${o}?.q?.(${list})`,
    `${o}[(${key}, 'q')](${list})`,
    `${o}.q\`g\${${key}}\``,
  ]
  return ways[tree.pick % ways.length] as string
}

const indirectCall: Form = (printer, tree, place) => {
  const f = someFunction(printer, tree, place)
  const g = someFunction(printer, { ...tree, pick: tree.pick >> 2 }, place)
  const test = printer.expression(tree.kids[0], place)
  const list = args(printer, tree, 1, place)
  const ways = [
    `(${test} ? ${f} : ${g})(${list})`,
    `(${test}, ${f})(${list})`,
    `(${test} || ${f})(${list})`,
    `${f}.call(${test}${list === '' ? '' : `, ${list}`})`,
    `${f}.apply(null, [${list}])`,
    `${f}.bind(null, ${test})(${list})`,
    `Reflect.apply(${f}, null, [${list}])`,
    `[${f}, ${g}][1](${list})`,
    `${f}.apply(this, list(${test}))`,
  ]
  return ways[tree.pick % ways.length] as string
}

const assignment: Form = (printer, tree, place) => {
  const names = visible(place.scope, 'assignable')
  const name = names[tree.pick % Math.max(1, names.length)]
  const value = printer.expression(tree.kids[0], place)
  if (name === undefined) return value
  const ways = [
    `(${name} = ${value})`,
    `(${name} ??= ${value})`,
    `(${name} ||= ${value})`,
    `(${name} &&= ${value})`,
    `(${name} ^= num(${value}))`,
    `${name}++`,
    `--${name}`,
  ]
  return ways[tree.pick % ways.length] as string
}

const property: Form = (printer, tree, place) => {
  const objects = visible(place.scope, 'objects')
  const o = objects[tree.pick % Math.max(1, objects.length)]
  const value = printer.expression(tree.kids[0], place)
  if (o === undefined) return value
  const key = printer.expression(tree.kids[1], place)
  const ways = [
    `${o}.p`,
    `(${o}.p = ${value})`,
    `(${o}.p ??= ${value})`,
    `(${o}[(${key}, 'p')] = ${value})`,
    `(${o}[(${key}, 'p')] ^= num(${value}))`,
    `delete ${o}.p`,
    `('p' in ${o})`,
    `(${o}.p = num(${o}.p) - num(${value}))`,
  ]
  return ways[tree.pick % ways.length] as string
}

const chosen: Form = (printer, tree, place) => {
  const [a, b, c] = [0, 1, 2].map((index) => printer.expression(tree.kids[index], place)) as [string, string, string]
  const ways = [`(${a} ? ${b} : ${c})`, `(${a} && ${b})`, `(${a} || ${b})`, `(${a} ?? ${b})`, `(${a}, ${b})`]
  return ways[tree.pick % ways.length] as string
}

const computed: Form = (printer, tree, place) => {
  const [a, b] = [0, 1].map((index) => printer.expression(tree.kids[index], place)) as [string, string]
  const ways = [
    `(num(${a}) - num(${b}))`,
    `(num(${a}) + num(${b}))`,
    `(num(${a}) * 2)`,
    `(num(${a}) < num(${b}))`,
    `(${a} === ${b})`,
    `!(${a})`,
    `-num(${a})`,
    `typeof (${a})`,
    `void (${a})`,
    `(text(${a}) + text(${b}))`,
  ]
  return ways[tree.pick % ways.length] as string
}

const array: Form = (printer, tree, place) => `[${args(printer, tree, 0, place)}]`

const objectLiteral: Form = (printer, tree, place) => {
  const parts = tree.kids.slice(0, 3).map((kid, index) => {
    const value = printer.expression(kid, place)
    const ways = [`p: ${value}`, `[(log('key'), 'k${index}')]: ${value}`, `...(${value})`, `m${printFunctionRest(printer, kid, place)}`]
    if (printer.profile === 'all')
      ways.push(
        `get g${index}() { return ${printer.expression(kid.kids[0], { ...place, labels: [], isGenerator: false, isAsync: false, hasArguments: true, method: 'none' })}; }`,
      )
    return ways[kid.pick % ways.length]
  })
  return `({ ${parts.join(', ')} })`
}

const template: Form = (printer, tree, place) => {
  const [a, b] = [0, 1].map((index) => printer.expression(tree.kids[index], place)) as [string, string]
  const ways = [`\`a\${text(${a})}b\${text(${b})}\``, `tag\`a\${${a}}b\${${b}}\``, `tag\`\${${a}}\``, `${someFunction(printer, tree, place)}\`t\${${b}}\``]
  return ways[tree.pick % ways.length] as string
}

const functionValue: Form = (printer, tree, place) => {
  if (tree.pick % 3 !== 0) return printArrow(printer, tree, place)
  return `(function ${tree.pick % 2 === 0 ? printer.name('h') : ''}${printFunctionRest(printer, tree, place)})`
}

const calledOnTheSpot: Form = (printer, tree, place) => {
  const value = printer.expression(tree.kids[0], place)
  const inner = { ...tree, kids: tree.kids.slice(1) }
  const ways = [
    `${printArrow(printer, inner, place)}(${value})`,
    `(function ${printFunctionRest(printer, inner, place)})(${value})`,
    `(function ${printFunctionRest(printer, inner, place)}).call(${value}, 1)`,
  ]
  return ways[tree.pick % ways.length] as string
}

const instance: Form = (printer, tree, place) => {
  const classes = visible(place.scope, 'classes')
  const name = classes[tree.pick % Math.max(1, classes.length)]
  const list = args(printer, tree, 0, place)
  if (name === undefined) return `[${list}]`
  const made = `new ${name}(${list})`
  const ways = [`${made}.m(1)`, `${made}.n(${list})`, `${name}.s(${list})`, `${made}.c0?.(1)`, `${made}['m'](${list})`, made, `${made}?.n?.(2)`]
  if (printer.profile === 'all') ways.push(`${made}.g`, `${made}.f(1)`, `[...${made}.w(1)].length`)
  return ways[tree.pick % ways.length] as string
}

/** What methods have: this, super, private members. */
const own: Form = (printer, tree, place) => {
  const list = args(printer, tree, 0, place)
  const ways = ['typeof this']
  if (place.method !== 'none')
    ways.push(
      `this.#p(${list})`,
      `this.m(${list})`,
      'this.x',
      `(this.x = ${printer.expression(tree.kids[0], place)})`,
      `this.#p.call(this, ${list})`,
      `this?.#p(${list})`,
      '#p in this',
      `this.#p\`t\${${printer.expression(tree.kids[0], place)}}\``,
    )
  if (place.method === 'derived') ways.push(`super.m(${list})`, `super['n'](${list})`, `super.m?.(${list})`, `super.missing?.(${list})`)
  if (place.hasArguments) ways.push('arguments.length', 'list(arguments[0])', 'typeof new.target')
  return ways[tree.pick % ways.length] as string
}

const reassigned: Form = (printer, tree, place) => {
  const names = visible(place.scope, 'assignable')
  const objects = visible(place.scope, 'objects')
  if (names.length === 0) return array(printer, tree, place)
  const target = (pick: number) => (objects.length > 0 && pick % 3 === 0 ? `${objects[pick % objects.length]}.p` : (names[pick % names.length] as string))
  const { pattern, source } = printPattern(printer, tree, place, target, '', true)
  return `(${pattern} = ${source})`
}

const native: Form = (printer, tree, place) => {
  if (printer.profile !== 'all') return array(printer, tree, place)
  const f = printArrow(printer, { ...tree, kids: tree.kids.slice(1) }, { ...place, isAsync: false })
  const value = printer.expression(tree.kids[0], place)
  const ways = [
    `list(${value}).map(${f})`,
    `[2, 1].filter(${f}).length`,
    `[3, 1, 2].findIndex(${f})`,
    `Array.from({ length: 2 }, ${f})`,
    `'ab'.replace(/a/, () => text(${f}(1)))`,
    `new (function ${printFunctionRest(printer, tree, place)})(${value})`,
    `(function* ${printFunctionRest(printer, tree, place, { isGenerator: true })})(${value}).next().value`,
    `new (class${printClassBody(printer, tree, place)})(${value}).m(1)`,
  ]
  return ways[tree.pick % ways.length] as string
}

const failing: Form = (printer, tree, place) => {
  const value = printer.expression(tree.kids[0], place)
  return tree.pick % 3 === 0 ? `fail(${value})` : `log(where(), ${value})`
}

const suspended: Form = (printer, tree, place) => {
  const value = printer.expression(tree.kids[0], place)
  if (place.isAsync && (!place.isGenerator || tree.pick % 2 === 0)) return `(await ${value})`
  if (place.isGenerator) return tree.pick % 3 === 0 ? `(yield* list(${value}))` : `(yield ${value})`
  return value
}

const classValue: Form = (printer, tree, place) => `new (class${printClassBody(printer, tree, place)})(1).m(${printer.expression(tree.kids[0], place)})`

/** More than once where it is to be met more often. */
const FORMS: readonly Form[] = [
  literal,
  variable,
  operation,
  logged,
  call,
  operation,
  assignment,
  methodCall,
  methodCall,
  variable,
  operation,
  call,
  swap,
  alias,
  indirectCall,
  chosen,
  chosen,
  computed,
  property,
  array,
  objectLiteral,
  template,
  functionValue,
  calledOnTheSpot,
  instance,
  instance,
  own,
  own,
  reassigned,
  native,
  failing,
  suspended,
  suspended,
  tryCall,
  classValue,
]

// Which state of a module's top level its functions change.

import { parse } from 'acorn'
import test from 'ava'
import { statefulBindings } from './module-state.js'
import { analyseScopes } from './scope.js'

const found = (source: string): string[] => {
  const program = parse(source, { ecmaVersion: 'latest', sourceType: 'module' })
  return statefulBindings(program, analyseScopes(program, true)).map(({ name, at }) => {
    if (!source.startsWith(name, at)) throw new Error(`${name} is not at ${at}`)
    return name
  })
}

const CHANGED: Readonly<Record<string, string>> = {
  'an assigned variable': 'let x = 0; export function f() { x = 1 }',
  'one that is counted up in an arrow': 'let x = 0; export const f = () => x++',
  'an exported var, in a method': 'export var x; class A { m() { x ||= 1 } }',
  'a target of destructuring': 'let x; function f(a) { ({ b: { c: x = 3 } } = a) }',
  'a rest element of destructuring': 'let x; function f(a) { [, ...x] = a }',
  'the variable of a loop': 'let x; function f(a) { for (x of a); }',
  'in a function in a function': 'let x = 0; function f() { return () => { { x += 1 } } }',
  'in a getter, and in the default of a parameter': 'let x = 0; const o = { get g() { return x++ } }',
  'a property of a literal': 'const x = {}; function f() { x.a = 1 }',
  'a property of a property': 'const x = { a: {} }; function f() { x.a.b ??= 1 }',
  'an element of an array': 'const x = []; function f(i) { x[i] = 1 }',
  'an element of a typed array': 'const x = new Int32Array(2); function f() { x[0]++ }',
  'a deleted property': 'const x = {}; function f(k) { delete x[k] }',
  'a map': 'const x = new Map(); function f(k) { x.set(k, 1) }',
  'a set': 'export const x = new Set([1]); export function f(k) { x.delete(k) }',
  'an array that grows': 'const x = [1]; function f() { x.push(2) }',
  'an array held by a variable': 'let x = []; function f() { x.push(2) }',
}

for (const [what, source] of Object.entries(CHANGED)) test(`module state: ${what} is named`, (t) => t.deepEqual(found(source), ['x']))

const UNCHANGED: Readonly<Record<string, string>> = {
  'assigned at the top level only': 'let x = 0; x = 1; for (const i of [1]) x += i',
  'of the same name in a function': 'let x = 0; function f() { let x = 1; x = 2 }',
  'a parameter of the same name': 'let x = 0; function f(x) { x = 2; x.a = 1 }',
  'read only': 'let x = 0; const m = new Map(); function f() { return x + m.get(1) + m.size }',
  'another method of a map': 'const x = new Map(); function f(k) { x.forEach(k); return x.has(k) }',
  'a weak map': 'const x = new WeakMap(); function f(k) { x.set(k, 1) }',
  'an object of an unknown class': 'const x = make(); function f() { x.set(1, 2); x.a = 3 }',
  'a property of a parameter': 'const x = {}; function f(o) { o.x = 1; o.x.y = 2 }',
  'a property read of it': 'const x = { a: 1 }; function f(o) { o[x.a] = 2; return x.a }',
  'a push of something in it': 'const x = { a: [] }; function f() { return x.a.length }',
}

for (const [what, source] of Object.entries(UNCHANGED)) test(`module state: nothing is said of what is ${what}`, (t) => t.deepEqual(found(source), []))

test('module state: each is named once, in the order of the declarations', (t) => {
  t.deepEqual(found('let a = 0, b = 0; const c = []; function f() { c.push(b++); c.pop(); b = 2 } function g() { a = 1 }'), ['a', 'b', 'c'])
})

// Each program runs as it was written, as an instrumented original, and as a twin that is suspended at every, every second and no
// operation. Result, error, and what it logged on the way must be the same; operations of twins must be steps.

import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import test from 'ava'
import { drive, driver, installRuntime, load, loadModule, transformText } from './transform-driver.js'

installRuntime()

type Exports = Record<string, (...args: unknown[]) => unknown>

interface Observed {
  result?: unknown
  error?: string
  log: unknown[]
  words: number[]
}

function observe(run: (t: object) => unknown): Observed {
  const log: unknown[] = []
  const words = new Int32Array(new SharedArrayBuffer(64))
  for (let index = 0; index < words.length; index++) words[index] = index + 1
  const t = { words, log: (...values: unknown[]) => log.push(...values) && values[0] }
  try {
    const result = run(t)
    return { result, log, words: [...words] }
  } catch (error) {
    return { error: `${(error as Error).name}: ${(error as Error).message}`, log, words: [...words] }
  }
}

/** `unstepped`: operations that run within one step, by right. */
function check(t: import('ava').ExecutionContext, load: (code: string) => Exports, source: string, code: string, unstepped: number): void {
  const expected = observe((world) => load(source)['main']?.(world))
  const original = load(code)
  t.deepEqual(
    observe((world) => original['main']?.(world)),
    expected,
    'instrumented original',
  )
  for (const every of [1, 2, 0]) {
    const twin = load(code)
    driver.every = every
    driver.stepped = driver.unstepped = 0
    const seen = observe((world) => drive(twin['main'] as Exports[string], undefined, world))
    t.deepEqual(seen, expected, `twin, suspended at each ${every}`)
    t.is(driver.unstepped, unstepped, 'operations within one step')
  }
}

const parity = test.macro<[source: string, unstepped?: number]>((t, source, unstepped = 0) => {
  const strict = `'use strict'; ${source}`
  for (const text of [source, strict]) {
    const { code } = transformText(text)
    try {
      check(t, load, text, code, unstepped)
    } catch (error) {
      t.log(code)
      throw error
    }
    if (!t.passed) t.log(code)
  }
})

const sloppy = test.macro<[source: string, unstepped?: number]>((t, source, unstepped = 0) => {
  const { code } = transformText(source)
  check(t, load, source, code, unstepped)
  if (!t.passed) t.log(code)
})

const A = 'Atomics'

test(
  'function declarations, hoisted and recursive',
  parity,
  `
  exports.main = main
  function main(t) { return [first(t, 3), fact(t, 5), main.name, main.length, fact.length] }
  function first(t, n) { return n === 0 ? ${A}.add(t.words, 0, 1) : first(t, n - 1) + second(t) }
  function second(t) { return ${A}.load(t.words, 1) }
  function fact(t, n) { ${A}.store(t.words, 2, n); return n < 2 ? 1 : n * fact(t, n - 1) }
`,
)

test(
  'statement operations keep if and else apart',
  parity,
  `
  exports.main = (t) => {
    const { words } = t
    if (words[0] === 9) ${A}.store(words, 0, 7)
    else ${A}.store(words, 0, 8)
    for (let i = 0; i < 2; i++) ${A}.add(words, 1, 1)
    do ${A}.sub(words, 2, 1)
    while (words[2] > 0)
    const a = words[0]
    ${A}.store(words, 3, a)
    let b = a
    t.log(b)
    ;[b] = [t.log(3)]
    const f = function () { return t.log('f') }
    f()
    return ${A}.exchange(words, 4, 5) + ${A}.compareExchange(words, 4, 5, 6) + ${A}.and(words, 5, 3) + ${A}.or(words, 5, 8) + ${A}.xor(words, 5, 1)
  }
`,
)

test(
  'notify and wait',
  parity,
  `
  exports.main = (t) => [${A}.notify(t.words, 0), ${A}.notify(t.words, 0, 1), ${A}.wait(t.words, 0, 99), ${A}.wait(t.words, 0, 1, 0)]
`,
)

test(
  'errors of operations come out where they happen',
  parity,
  `
  exports.main = (t) => {
    try { ${A}.load(t.words, 99) } catch (e) { t.log(e.name, e.message) }
    try { ${A}.load({}, 0) } catch (e) { t.log(e.name) }
    finally { t.log('finally', ${A}.load(t.words, 3)) }
    return ${A}.store(t.words, -1, 0)
  }
`,
)

test(
  'operations with too few, too many or spread arguments',
  parity,
  `
  exports.main = (t) => {
    const a = [t.words, 1]
    t.log(${A}.load(...a), ${A}.load(t.words, 2, t.log('extra')))
    return ${A}.store(t.words, 3)
  }
`,
)

test(
  'aliased operations',
  parity,
  `
  const { load, store: put } = ${A}
  const all = ${A}
  exports.main = (t) => { put(t.words, 1, 44); return load(t.words, 1) + all.load(t.words, 2) + all['load'](t.words, 1) }
`,
)

test(
  'a shadowed Atomics is left alone',
  parity,
  `
  exports.main = (t) => { const ${A} = { load: (a, i) => t.log('mine') }; return ${A}.load(t.words, 0) }
`,
)

test(
  'methods, inheritance, super, statics, overrides',
  parity,
  `
  class Base {
    constructor(t) { this.t = t }
    get(i) { return ${A}.load(this.t.words, i) }
    twice(i) { return this.get(i) * 2 }
    static make(t) { ${A}.add(t.words, 0, 1); return new this(t) }
    'quoted name'(i) { return this.get(i) }
    3(i) { return this.get(i) }
    delete(i) { return this.get(i) }
  }
  class Sub extends Base {
    get(i) { return super.get(i) + 100 }
    twice(i) { return super['twice'](i) + 1 }
    static make(t) { return super.make(t) }
    arrows(list) { const f = (i) => super.get(i) + this.get(i); return list.reduce((n, i) => n + f(i), 0) + f(2) }
  }
  exports.main = (t) => {
    const s = Sub.make(t)
    return [s.twice(1), s['quoted name'](2), s[3](3), s.delete(4), s instanceof Sub, s.constructor.name]
  }
`,
)

test(
  'super in an arrow inside a method',
  parity,
  `
  class Base { get(t) { return ${A}.load(t.words, 1) } v() { return this.x } }
  class Sub extends Base { x = 5; get(t) { const f = () => super.get(t) + super['v'](); return f() } static s(t) { return (() => super.name)() } }
  exports.main = (t) => [new Sub().get(t), Sub.s(t)]
`,
)

test(
  'private methods, called and as values',
  parity,
  `
  class Box {
    #f = (t) => ${A}.load(t.words, 4)
    #get(t, i) { return ${A}.load(t.words, i) }
    #leaf(i) { return i + 1 }
    static #make(t) { return ${A}.load(t.words, 2) }
    static make(t) { return this.#make(t) + Box.#make(t) }
    run(t, o) {
      const value = this.#get
      return [this.#get(t, 1), o.#get(t, this.#leaf(1)), value(t, 3), this.#get.call(this, t, 1), this.#get.bind(this)(t, 2), this.#f(t), this?.#get(t, 5), #get in o, value === o.#get, value.name]
    }
    wrong(t) { return Box.prototype.run.call({}, t, this) }
  }
  exports.main = (t) => { t.log(JSON.stringify(new Box().run(t, new Box())), Box.make(t)); try { new Box().wrong(t) } catch (e) { t.log(e.name) } }
`,
)

test(
  'reflection sees only originals',
  parity,
  `
  const sym = Symbol('sym')
  let keys = 0
  const key = () => 'k' + ++keys
  class C {
    a(t) { return t() } static b(t) { return t() } [key()](t) { return t() } [sym](t) { return t() } [Symbol.dispose ?? sym](t) { return t() }
    static [key()](t) { return t() } get g() { return f() } async h(t) { return t() } *i() { yield f() } #p(t) { return t() }
  }
  const o = { a(t) { return t() }, [key()](t) { return t() }, [sym](t) { return t() }, b: (t) => t(), c: function (t) { return t() }, async d(t) { return t() }, __proto__() { return t() }, 'x y'(t) { return t() }, 7(t) { return t() } }
  const names = (x) => Reflect.ownKeys(x).map((k) => String(k) + ':' + JSON.stringify(Object.getOwnPropertyDescriptor(x, k), (k, v) => typeof v === 'function' ? v.name + v.length : v)).filter((s) => !s.includes('heddle'))
  function f() { return o.b(() => 1) }
  exports.main = (t) => { t.log(names(C.prototype), names(C).filter((s) => !s.startsWith('prototype')), names(o), Object.getPrototypeOf(o) === Object.prototype, keys); return C.name }
`,
)

test(
  'names and lengths of functions',
  parity,
  `
  const a = () => t(), b = function () { t() }, c = function named() { t() }
  let d; d = (x, y) => t()
  let e; e ??= () => t()
  const { f = () => t(), g: g2 = function () { t() } } = {}
  const [h = () => t()] = []
  const sym = Symbol('desc')
  const o = { i: () => t(), 'j k': () => t(), [sym]: () => t(), ['l' + 1]: function () { t() }, m() { t() }, get n() { return t() } }
  o.p = () => t()
  class C { q = () => t(); static r = () => t(); #s = () => t(); ['u' + 1] = () => t(); names() { return [this.q.name, C.r.name, this.#s.name, this.u1.name] } }
  function t() { return u() }
  function u() { return globalThis.nothing() }
  function v(w = () => t()) { return w.name + v.length }
  exports.main = () => [a, b, c, d, e, f, g2, h, o.i, o['j k'], o[sym], o.l1, o.m, o.p, exports.main].map((x) => x.name + '/' + x.length).concat(new C().names(), v())
`,
)

test(
  'arrows see the surroundings',
  parity,
  `
  class P { constructor(t) { this.t = t } }
  class D extends P {
    early
    field = (i) => ${A}.load(this.t.words, i)
    constructor(t) {
      const before = () => this.t
      const target = () => t.log(new.target === D) && ${A}.load(t.words, 0)
      super(t)
      this.early = () => ${A}.load(before().words, 3)
      this.target = target
    }
    nested() { return (() => () => { const self = () => this; return ${A}.load(self().t.words, 4) })()() }
  }
  function args() { const f = () => { ${A}.load(arguments[0].words, 0); return arguments.length + (() => arguments[1])() }; return f('x') }
  function target(t) { const f = () => { ${A}.load(t.words, 0); return new.target === undefined }; return f() }
  const o = { self: 'o', m(t) { return [1, 2].map((x) => t.log(this.self)).length, (() => { ${A}.load(t.words, 0); return this.self })() } }
  exports.main = (t) => { const d = new D(t); return [d.field(2), d.early(), d.target(), d.nested(), args(t, 8, 9), target(t), o.m(t)] }
`,
)

test(
  'this of plain calls',
  sloppy,
  `
  function f() { ${A}.load(w, 0); return typeof this === 'object' && this === globalThis }
  function strict() { 'use strict'; ${A}.load(w, 0); return this === undefined }
  const o = { f, strict, g() { ${A}.load(w, 0); return this === o } }
  let w
  exports.main = (t) => { w = t.words; const g = o.g; return [f(), strict(), o.f(), o.g(), (0, o.g)(), (o.g)(), g(), (true ? o.g : f)(), f.call(5), strict.call(undefined), (o?.g)(), o?.['g']()] }
`,
)

test(
  'sloppy code: arguments alias, functions in blocks, with, callee, yield, duplicate parameters',
  sloppy,
  `
  function alias(a) { arguments[0] = 7; ${A}.load(w, 0); return a }
  function block(t) { if (t) { function inner() { return ${A}.load(w, 1) } } return inner() }
  function lone(t) { if (t) function inner() { return ${A}.load(w, 1) } return inner() }
  function withs(o) { with (o) { return method(x) } }
  function callee(n) { return n ? n + arguments.callee(n - 1) : g() }
  function yields() { var yield = 3; return yield + g() }
  function dup(a, a) { return a + g() }
  function twice() { return 1 }
  function twice() { return g() }
  function g() { return 1 }
  function evals(x) { return eval('x + g()') }
  var w
  exports.main = (t) => { w = t.words; return [alias(1), block(1), lone(1), withs({ x: 3, method: (v) => v }), callee(3), yields(), dup(1, 2), twice(), evals(4)] }
`,
)

test(
  'evaluation order and single evaluation',
  parity,
  `
  exports.main = (t) => {
    const o = (n) => { t.log('o' + n); return { get m() { t.log('get' + n); return (...a) => { t.log(a.length); ${A}.load(t.words, 0); return a[0] } } } }
    const v = (x) => { t.log('v' + x); ${A}.add(t.words, 0, 1); return x }
    t.log(o(1).m(v(1), v(2), ...[v(3), v(4)]))
    let i = 0
    const f = (...a) => (${A}.load(t.words, 0), a.join())
    t.log(f(i, i++, i, v(i), i, i++, ++i))
    let g = f
    t.log(g(i, (g = null, v(5))))
    t.log(o(2)[(v('k'), 'm')](v(6)))
    t.log(f(() => 1, function () {}, class {}).length)
    t.log(f(v(f(v(1), v(2))), f(v(3), f(v(4)))))
    t.log(f(...[1, 2], v(3), ...[i, i++]))
    return t.log(o(v(3)).m(o(v(4)).m(v(5))))
  }
`,
)

test(
  'not callable',
  parity,
  `
  exports.main = (t) => {
    const o = { a: { b: 1 }, n: null, m() { ${A}.load(t.words, 0) } }, k = 'kk', u = undefined
    const v = () => { t.log('v'); return ${A}.load(t.words, 0) }
    const tries = [() => u(v()), () => o.zz(v()), () => o.a.b(), () => o[k](v()), () => o.zz.y(v()), () => o.n.x(), () => o?.zz(v()), () => o.a?.c.d(), () => (0, o.zz)(), () => v()(), () => v().zz(),
      () => nowhere(v()), () => o.a.b?.(), () => u\`x\`, () => o.zz\`\${v()}\`, () => o['a b'](), () => o[0](v()), () => (u || k)(), () => new u(v()), () => (o?.zz)(), () => new Map().nope(v()), () => [].nope(), () => o.m.bound(), () => u.bind(o), () => o.zz.bind(1), () => ({}).m(v()), () => this.zz()]
    for (const one of tries) try { one() } catch (e) { t.log(e.name + ': ' + e.message) }
  }
`,
)

test(
  'optional chains',
  parity,
  `
  exports.main = (t) => {
    const v = (x) => { t.log(x); ${A}.load(t.words, 0); return x }
    const o = { a: { m(x) { t.log(this === o.a); return { n: () => v(x), z: null } } }, f: v, d: { p: 1, q() { return o.d } } }
    const none = undefined
    t.log(none?.m(v(1)), none?.a.b.c(v(2)).d(v(3)), o?.a.m(v(4)).n(), o.a?.m?.(v(5)).n?.(), o.x?.(v(6)), o.f?.(v(7)), o.a.m(8)?.z?.n(v(9)), o?.[v('a')]?.[v('m')]?.(v(10)) !== undefined)
    t.log((o?.a).m(11).n(), (o?.a.m)(12).n(), (o.a?.m)(v(13)).n())
    t.log(delete o.d?.q().p, delete none?.q().p, 'p' in o.d, typeof none?.m(), (none?.x, 1))
    return o?.a?.['m'](1).n().toFixed?.(2)
  }
`,
)

test(
  'call, apply, bind, Reflect.apply',
  parity,
  `
  function f(...a) { ${A}.load(this.words, 0); return a.join() + typeof this }
  const bound = f.bind({ words: new Int32Array(4) }, 1, 2)
  class K { constructor() { this.g = this.g.bind(this) } g(t) { return ${A}.load(t.words, 1) + (this instanceof K) } }
  const socket = { bind(port, t) { return port + ${A}.load(t.words, 1) }, call(t) { return ${A}.load(t.words, 1) }, apply(t) { return ${A}.load(t.words, 2) } }
  exports.main = (t) => {
    const { g } = new K()
    return [f.call(t, 1), f.apply(t, [1, 2]), f.apply(t), f.bind(t, 3)(4), bound(3), bound.name, bound.length, Reflect.apply(f, t, [5]), g(t), socket.bind(80, t), socket.call(t), socket.apply(t), Function.prototype.call.call(f, t, 6), f?.call(t, 1)]
  }
`,
)

test(
  'tagged templates',
  parity,
  `
  const tag = (s, ...v) => { ${A}.load(w, 0); return s.raw.join('|') + v.join() }
  const o = { p: 1, tag(s, ...v) { ${A}.load(w, 0); return this.p + s.join('') + v.join() } }
  const same = (s) => { ${A}.load(w, 0); return s }
  const twice = () => same\`x\`
  let w
  exports.main = (t) => { w = t.words; return [tag\`a\${1}b\\n\${tag\`in\`}c\`, o.tag\`x\${o.p}y\`, o['tag']\`\${tag\`q\`}\`, String.raw\`a\\n\${tag\`z\`}\`, twice() === twice(), \`\${tag\`t\`}\`] }
`,
)

test(
  'control flow',
  parity,
  `
  exports.main = (t) => {
    const v = (x) => { ${A}.load(t.words, 0); return x }
    outer: for (let i = 0; v(i) < 5; i++) {
      for (const j of v([1, 2, 3])) { if (v(j) === 2) continue outer; if (i === 3) break outer; t.log(i, j) }
    }
    const s = (x) => { switch (v(x)) { case v(1): t.log('one'); case v(2): return 'two'; default: return h(); case v(3): { break } function h() { return v('default') } } return 'after' }
    t.log(s(1), s(2), s(3), s(4))
    const only = (x) => { switch (x) { default: return k(); function k() { return v('k') } } }
    t.log(only(1))
    const tf = (x) => { try { if (v(x)) return v('try'); throw new Error(v('thrown')) } catch ({ message }) { return v(message) } finally { t.log(v('finally')); if (x === 2) return v('override') } }
    t.log(tf(0), tf(1), tf(2))
    const fs = []
    for (let i = 0; i < 3; i++) fs.push(() => v(i))
    for (const k in v({ a: 1, b: 2 })) fs.push(() => v(k))
    t.log(fs.map((f) => f()), fs[1](), fs[4]())
    let n = 0
    while (v(n) < 2) n++
    do n--; while (v(n) > 0)
    block: { if (v(1)) break block; t.log('never') }
    return v(1) ? v(2) : v(3), (v(0) || v(null)) ?? v('x') + (-v(2)) ** 2 + typeof v(1)
  }
`,
  5,
)

test(
  'parameters that call',
  parity,
  `
  const v = (t, x) => { ${A}.load(t.words, 0); return t.log(x) && x }
  function f(t, a = v(t, 1), { b = v(t, 2), [v(t, 'key')]: c, ...rest } = v(t, { key: 3, d: 4 }), ...[e = v(t, 5)]) { return [a, b, c, rest.d, e, arguments.length] }
  function shadow(t, a = v(t, 1)) { var a; return a }
  function clash(t, a = x + v(t, 1)) { var x = 5; return a + x }
  function closure(t, a, g = () => v(t, a)) { a = 2; return g() }
  const arrow = (t, a = v(t, 1), b = a + v(t, 2)) => [a, b]
  const x = 100
  class C { m(t, a = this.n(t)) { return a } n(t) { return v(t, 9) } l = (t, a = this.n(t)) => a }
  exports.main = (t) => [f(t), f(t, 0, {}), shadow(t), clash(t), closure(t, 1), arrow(t), f.length, new C().m(t), new C().l(t)]
`,
  1,
)

test(
  'destructuring with defaults',
  parity,
  `
  exports.main = (t) => {
    const v = (x) => { ${A}.load(t.words, 0); return x }
    const { a = v(1), b: { c = v(2) } = v({}), ...r } = v({ z: 1 })
    let x, y; [x = v(3), y = v(4)] = v([undefined, 5]); ({ x, ['y' + v('')]: y = v(6) } = v({ x: 7 }))
    for (const { p = v(8) } of v([{}, { p: 9 }])) t.log(p)
    try { throw v({}) } catch ({ q = v(10) }) { t.log(q) }
    const o = {}; [o.a, o[v('b')]] = v([1, 2])
    return [a, c, r, x, y, o]
  }
`,
)

test(
  'named function expressions and functions in objects',
  parity,
  `
  const fact = function self(n, t) { ${A}.load(t.words, 0); return n < 2 ? 1 : n * self(n - 1, t) }
  const table = { 'a-b': (t) => ${A}.load(t.words, 1), nest: { deep: function (t) { return ${A}.load(t.words, 2) } } }
  const assigned = function own(t) { try { own = 1 } catch (e) { t.log(e.name) } return typeof own + t.log(1) }
  const kinds = [(t) => ${A}.load(t.words, 3), function own(t) { return own.name + ${A}.load(t.words, 4) }]
  exports.main = (t) => [fact(5, t), table['a-b'](t), table.nest.deep(t), kinds[0](t), kinds[1](t), assigned(t), fact.name, fact === table, (function iife(n) { return n ? iife(n - 1) : ${A}.load(t.words, 1) })(2)]
`,
)

test(
  'functions called on the spot',
  parity,
  `
  const api = (function (root) { const inner = (t) => ${A}.load(t.words, 1); return { inner, root } })('r')
  const umd = (function (global, factory) { return factory({}) })(this, function (e) { e.get = function (t) { return ${A}.load(t.words, 2) }; return e })
  exports.main = function (t) {
    return [api.inner(t), umd.get(t), (() => ${A}.load(t.words, 3))(), (function () { return ${A}.load(t.words, 4) + (this === undefined) }).call(undefined), (function (a) { return (() => ${A}.load(t.words, arguments[0]) + a)() })(5), (() => this === t)()]
  }
`,
)

test(
  'accessors, generators and native callbacks run within one step, constructors in steps',
  parity,
  `
  class C { constructor(t) { this.t = t; ${A}.add(t.words, 0, 1) } get g() { return ${A}.load(this.t.words, 0) } set g(v) { ${A}.store(this.t.words, 1, v) } *gen() { yield ${A}.load(this.t.words, 2) } }
  exports.main = (t) => { const c = new C(t); c.g = 5; return [c.g, [...c.gen()], [1, 2].map((i) => ${A}.load(t.words, i)), Array.from({ length: 1 }, () => ${A}.load(t.words, 3))] }
`,
  6,
)

test(
  'classes in functions, with computed keys that call',
  parity,
  `
  exports.main = (t) => {
    const v = (x) => { t.log(typeof x === 'function' ? 'class' : x); ${A}.load(t.words, 0); return x }
    const make = (n) => class extends v(class { base() { return v('base' + n) } }) { [v('m' + n)]() { return v(n) } static [v('s')]() { return v('static' + n) } f = (x) => v(x + n); static q = t.log('q'); [{ toString() { return t.log('key') } }]() { return v('tostring') } }
    const [a, b] = [make(1), make(2)]
    const x = new a(), y = new b()
    return [x.m1(), y.m2(), a.s(), b.s(), x.f(1), y.f(2), x.base(), y.base(), Object.getOwnPropertyNames(a.prototype), y.key()]
  }
`,
  0,
)

test('using declarations at the top level of a module', async (t) => {
  const resource = 'globalThis.usingLog = []\nconst r = (name) => ({ name, [Symbol.dispose]: () => usingLog.push(name) })\n'
  const log = () => (globalThis as unknown as { usingLog: unknown[] }).usingLog
  const name = (value: unknown) => (value as { name: string }).name
  for (const [source, names] of [
    ['export default () => 1', { default: 'default' }],
    ['export default class {}', { default: 'default' }],
    ['export default (class { static x = 1 })', { default: 'default' }],
    ['export default class Named {}', { default: 'Named' }],
    ['export default function () {}', { default: 'default' }],
    ['export default async function named() { await 1 }', { default: 'named' }],
    ['export const f = () => r(), g = class {}, [h = () => {}] = []; export let later; later = f', { f: 'f', g: 'g', h: 'h', later: 'f' }],
    ['class C {}\nexport { C as D, b }\nlet b = C', { D: 'C', b: 'C' }],
    ["export * as path from 'node:path'; export { posix } from 'node:path'", {}],
  ] as const) {
    const exports = await loadModule(transformText(`${resource}using a = r('a')\nusingLog.push(typeof a.name)\n${source} // comment`, 'module').code)
    t.deepEqual(log(), ['string', 'a'], source)
    t.deepEqual(Object.fromEntries(Object.keys(names).map((key) => [key, name(exports[key])])), names, source)
  }
  t.truthy((await loadModule(transformText(`await using a = null; export * as path from 'node:path'`, 'module').code)).path)
  await t.throwsAsync(loadModule(transformText(`${resource}using a = r('a'), b = 5`, 'module').code), { instanceOf: TypeError })
  t.deepEqual(log(), ['a'])
})

// Node 20 cannot run the text itself, so what must be logged stands here.
test('using declarations', (t) => {
  const cases: [string, string, unknown[]][] = [
    [
      'reverse order, null skipped, before the value is returned',
      `using a = r('a'), b = r('b'); using c = null; using d = undefined; t.log('body'); return ${A}.load(t.words, 1)`,
      ['body', 'b', 'a', 2],
    ],
    ['at the end of its block', `{ using a = r('a'); t.log('in') } t.log('out')`, ['in', 'a', 'out', undefined]],
    [
      'all errors are kept',
      `using a = r('a', true); using b = r('b', true); throw new Error('body')`,
      ['b', 'a', 'SuppressedError[Error a, SuppressedError[Error b, Error body]]'],
    ],
    ['an error of a disposer replaces the result', `using a = r('a', true); return 1`, ['a', 'Error a']],
    [
      'continue and break dispose',
      `for (const n of [1, 2, 3]) { using a = r(n); if (n === 2) continue; if (n === 3) break; t.log('n' + n) }`,
      ['n1', 1, 2, 3, undefined],
    ],
    ['in a for-of loop', `outer: for (using a of [r(1), null, r(2)]) { for (;;) { t.log('of'); continue outer } }`, ['of', 1, 'of', 'of', 2, undefined]],
    [
      'in a for loop',
      `mark: for (using a = r('for'), i = null; ;) { t.log('loop'); if (t.log('x') === 'x') break mark; continue mark }`,
      ['loop', 'x', 'for', undefined],
    ],
    ['not an object', `using a = r('a'); using b = 5`, ['a', 'TypeError 5 is not an object, null or undefined']],
    ['not disposable', `using a = {}`, ['TypeError Symbol(Symbol.dispose) is not a function']],
    [
      'in arrows and inner functions',
      `const f = () => { using x = r('inner'); return g() }; function g() { using y = r('g'); return 'g' } return f() + g()`,
      ['g', 'inner', 'g', 'gg'],
    ],
    [
      'in a nested block of the same function',
      `using a = r(1); { using b = r(2); { using c = r(3) } t.log('mid') } return a !== undefined`,
      [3, 'mid', 2, 1, true],
    ],
    ['in a static block', `class C { static { using a = r('static'); this.x = 1 } } return C.x`, ['static', 1]],
  ]
  const describe = (error: { name: string; message: string; error?: never; suppressed?: never }): string =>
    error.name === 'SuppressedError'
      ? `SuppressedError[${describe(error.error as never)}, ${describe(error.suppressed as never)}]`
      : `${error.name} ${error.message}`
  for (const [title, body, expected] of cases) {
    const source = `exports.main = (t) => {
      const r = (name, fails) => ({ [Symbol.dispose]() { ${A}.load(t.words, 0); t.log(name); if (fails) throw new Error(name) } })
      ${body}
    }`
    const { code } = transformText(source)
    for (const every of [undefined, 1, 2, 0]) {
      const log: unknown[] = []
      const world = { words: new Int32Array(new SharedArrayBuffer(8)).fill(2), log: (value: unknown) => log.push(value) && value }
      driver.every = every ?? 0
      driver.unstepped = 0
      const main = load(code)['main'] as Exports[string]
      try {
        log.push(every === undefined ? main(world) : drive(main, undefined, world))
      } catch (error) {
        log.push(describe(error as never))
      }
      t.deepEqual(log, expected, title)
      if (every !== undefined && !title.includes('static')) t.is(driver.unstepped, 0, title)
    }
    if (!t.passed) t.log(code)
  }
})

test(
  'source order of many things at once',
  parity,
  `
  var w
  const q = { push(x) { ${A}.load(w, 0); this.last = x; return this }, get size() { return 1 } }
  function id(x) { ${A}.load(w, 0); return x }
  exports.main = (t) => {
    w = t.words
    q.push(1).push(id(2)).push(q.push(3).last)
    const a = [id(1), ...id([2, 3])], o = { ...id({ z: 1 }), [id('k')]: id(2), id, s: \`\${id(1)}-\${id(2)}\` }
    let x = 1; x += id(2); x **= id(2); a[id(0)] += id(5); a[id(0)]++; o.k ||= id(9); o.n ??= id(10)
    if (id(0)) t.log('no'); else if (id(1)) t.log('yes')
    const sum = (...n) => n.reduce((p, c) => p + c, 0)
    t.log(sum(...a, id(1)), void id(1), !id(0), -id(1), id(1) in o, id(q) instanceof Object, new (id(Map))([[id(1), 2]]).get(1), id(id)(id(3)), (id, id)(4))
    return [a, JSON.stringify(o), x, (() => { return id(5) })(), (() => ({ a: id(6) }))().a]
  }
`,
)

test(
  'proxies, frozen functions and own call properties',
  parity,
  `
  const f = (t) => ${A}.load(t.words, 0)
  const frozen = Object.freeze(function (t) { return t.log('frozen') })
  const odd = Object.assign((t) => t.log('odd'), { call: () => 'own call' })
  const bare = Object.setPrototypeOf((t) => t.log('bare'), null)
  const proxy = new Proxy(frozen, { apply(target, self, args) { args[0].log('trap'); return target(...args) } })
  const heir = Object.setPrototypeOf((t) => 'heir', f)
  const o = { odd, bare, proxy, heir }
  exports.main = (t) => [f(t), frozen(t), o.odd(t), o.bare(t), proxy(t), o.proxy(t), heir(t), Object.assign(() => 'copy', f)(t)]
`,
)

test(
  'names that the transform would use itself',
  parity,
  `
  const $h = 1, $t = 2, $f = 3, $this = 4, $1 = 5
  function pop$step(t) { return ${A}.load(t.words, 0) }
  function pop(t) { const self = () => this === undefined; return pop$step(t) + $h + $t + $f + $this + $1 }
  exports.main = (t) => pop(t)
`,
)

// Sloppy `this` at module level is module.exports; asynchronous functions; modules.

test.serial('async functions', async (t) => {
  const source = `
    const w = new Int32Array(new SharedArrayBuffer(8))
    const log = []
    const sleep = async (x) => { log.push('sleep' + x); await null; ${A}.add(w, 0, 1); return x }
    class C { async m(x) { const f = async () => (await sleep(x)) + (await this.n()); return f() } async #p() { await null; return ${A}.load(w, 0) } async n() { return (await this.#p()) + [await sleep(1)].length } }
    exports.main = async function (x) {
      try { log.push(await sleep(1), await Promise.all([sleep(2), new C().m(3)])); await Promise.reject(new Error('no')) } catch (e) { log.push(e.message) } finally { log.push(await sleep('end')) }
      for await (const y of [sleep(7)]) log.push(y)
      return log
    }
    exports.fails = async (a = nowhere()) => { await a }
    exports.early = async () => { ${A}.load(w, 0); throw new Error('early') }
  `
  const expected = await load(source)['main']?.()
  const { code, unsteppable } = transformText(source)
  t.deepEqual(await load(code)['main']?.(), expected)
  for (driver.every of [1, 2, 0]) {
    t.deepEqual(await drive(load(code)['main'] as Exports[string], undefined), expected)
    const other = load(code)
    await t.throwsAsync(async () => drive(other['early'] as Exports[string], undefined), { message: 'early' })
    await t.throwsAsync(async () => drive(other['fails'] as Exports[string], undefined), { message: 'nowhere is not defined' })
  }
  t.deepEqual(unsteppable, [])
})

test.serial('async functions without for await', async (t) => {
  const source = `
    const w = new Int32Array(new SharedArrayBuffer(8))
    const sleep = async (x) => { await null; ${A}.add(w, 0, 1); return x }
    class Q { async #add(x) { return (await sleep(x)) + ${A}.load(w, 0) * 0 } async add(x) { const other = { q: this }; return (await this.#add(x)) + (await other.q.#add(x)) } }
    async function sum(...xs) { let n = 0; for (const x of xs) n += await sleep(x); return n }
    exports.main = async () => { const a = await sum(1, 2, await sleep(3), await new Q().add(1)); ${A}.store(w, 1, a); return [a, ...w] }
  `
  const expected = await load(source)['main']?.()
  const { code } = transformText(source)
  t.deepEqual(await load(code)['main']?.(), expected)
  for (driver.every of [1, 2, 0]) {
    driver.unstepped = 0
    t.deepEqual(await drive(load(code)['main'] as Exports[string], undefined), expected)
    t.is(driver.unstepped, 0)
  }
})

test.serial('modules: imports and exports of built-ins, default exports, import.meta', async (t) => {
  const source = `#!/usr/bin/env node
import fs, { readFileSync as read, default as again } from 'node:fs'
import * as path from 'path'
import {
  join
} from 'node:path'
export { sep as separator } from 'node:path'
export * as os from 'node:os'
export * from 'node:punycode'
export default function (t) { return [join('a', 'b'), path.join === join, fs.readFileSync === read, again === fs, typeof import.meta.url, ${A}.load(t.words, 0), this === undefined] }
export const arrow = (t) => ${A}.load(t.words, 1)
export async function later() { return (await import('node:fs')).readFileSync === read }
export class C { get() { return arrow({ words: new Int32Array(4) }) } }
export { default as main } from 'data:text/javascript,export default 1'
`
  const { code } = transformText(source.replace('node:punycode', 'node:util/types'), 'module')
  const module = await loadModule(code)
  t.is(module['default']?.name, 'default')
  t.is(module['arrow']?.name, 'arrow')
  t.is(module['separator'] as unknown, '/')
  t.is(typeof module['isProxy'], 'function')
  const world = { words: new Int32Array(new SharedArrayBuffer(16)) }
  const expected = ['a/b', true, true, true, 'string', 0, true]
  const plain = module['default']
  t.deepEqual(plain?.(world), expected)
  driver.stepped = 0
  t.deepEqual(drive(module['default'] as Exports[string], undefined, world), expected)
  t.is(driver.stepped, 1)
  t.true(await module['later']?.())
  t.is(
    code.split('\n').findIndex((line) => line.startsWith('export const arrow')),
    source.split('\n').findIndex((line) => line.startsWith('export const arrow')),
  )
})

test.serial('default exports keep their name', async (t) => {
  for (const [text, name] of [
    ['export default () => f()', 'default'],
    ['export default (function () { f() })', 'default'],
    ['export default class { m() { return f() } }', 'default'],
    ['export default function own() { f() }', 'own'],
    ['export default async function () { await f() }', 'default'],
  ]) {
    const module = await loadModule(transformText(`${text}\nfunction f() { return Atomics.load(new Int32Array(1), 0) }`, 'module').code)
    t.is(module['default']?.name, name)
  }
})

test('stand-ins and CommonJS names are declared where they are mentioned', (t) => {
  const { code } = transformText(
    `const now = Date.now; fetch = 3; exports.a = [__filename, __dirname, require('./x'), require('fs'), globalThis, { globalThis }, typeof XMLHttpRequest, Math.max(1)]; function f(process) { return process }`,
  )
  t.regex(code, /Date = \$h\.standIns\.Date/)
  t.regex(code, /let fetch = \$h\.standIns\.fetch/)
  t.regex(code, /\$h\.builtin\("node:fs"\)/)
  t.regex(code, /\{ globalThis: \$globalThis \}/)
  t.notRegex(code, /Math = |process = /)
  t.deepEqual((load(code)['a'] as unknown as unknown[]).slice(0, 3), ['/user/file.js', '/user', { required: './x' }])
})

test('new shared buffers are asked of the runtime, and only where they are those of the language', (t) => {
  const { code } = transformText(
    'exports.a = [new SharedArrayBuffer(8), new SharedArrayBuffer, SharedArrayBuffer]; function f(SharedArrayBuffer) { return new SharedArrayBuffer(1) }',
  )
  t.regex(code, /\[new \$h\.SharedArrayBuffer\(8\), new \$h\.SharedArrayBuffer, SharedArrayBuffer\]/)
  t.regex(code, /return new SharedArrayBuffer\(1\)/)
  t.notRegex(code, /standIns/)
})

test('sites tell position and operands', (t) => {
  const { sites } = transformText(
    `exports.f = (t) => {\n  return Atomics.compareExchange(this.words.of(  1), 1 + a.very.long.index.expression.that.goes.on, 1, 2)\n}`,
  )
  t.deepEqual(sites, [{ line: 2, column: 10, operation: 'compareExchange', array: 'this.words.of( 1)', index: '1 + a.very.long.index.expression.that.g…' }])
})

test('unsteppable functions are listed with the reason', (t) => {
  const { unsteppable } =
    transformText(`class Pool { constructor() { this.fill() } get size() { return f() } set size(v) { f() } x = f(); static { f() } fill() { return f() } constant() { return 1 } }
function* walk() { yield f() }
async function* stream(x = f()) { yield x }
function evil(x) { return eval(x) }
function f() { return Atomics.load(w, 0) }
const o = { get g() { return f() }, m() { return super.toString() + f() } }
class Odd { constructor({ ['k']: v }) { f() } }
class Both { constructor() { f(arguments, new.target) } }`)
  t.deepEqual(
    unsteppable.map(({ line, column, name, reason }) => `${line}:${column} ${name}: ${reason}`),
    [
      '1:44 getter Pool.size: getter',
      '1:70 setter Pool.size: setter',
      '1:90 field x of Pool: field initialiser',
      '1:99 static block of Pool: static block',
      '2:1 walk: generator function',
      '3:1 stream: parameters of an async generator',
      '4:1 evil: direct eval',
      '6:13 getter g: getter',
      '6:37 m: super in an object literal',
      '7:13 constructor of Odd: constructor with a pattern among its parameters that nothing can stand for',
      '8:14 constructor of Both: constructor that uses arguments and new.target',
    ],
  )
})

test('constructors of derived classes are listed where the one above them reaches a step', (t) => {
  const { unsteppable } = transformText(`class Base { constructor() { this.fd = Atomics.load(w, 0) } }
class Explicit extends Base { constructor() { super() } }
class Absent extends Base {}
class Below extends Absent { constructor() { super() } }
class Field extends Base { x = 1 }
class Quiet extends Error { constructor(text) { super(text) } }
class Circular extends Circular { constructor() { super() } }`)
  t.deepEqual(
    unsteppable.map(({ line, name, reason }) => `${line} ${name}: ${reason}`),
    ['2 constructor of Explicit: constructor of a derived class', '4 constructor of Below: constructor of a derived class'],
  )
})

test('`new` is a step where it may run a constructor in steps, and only there', (t) => {
  const steps = (text: string): boolean =>
    /function\* main/.test(
      transformText(`const { Imported } = require('./x'); class Quiet { x = Atomics.load(w, 0) }
class Stepped { constructor() { Atomics.load(w, 0) } } class Below extends Stepped {} class Derived extends Stepped { constructor() { super() } }
class Self extends Self {} function Old() { this.x = Atomics.load(w, 0) } function Target() { this.x = [Atomics.load(w, 0), new.target] }
exports.main = function main() { ${text} }`).code,
    )
  for (const text of [
    'new Stepped()',
    'new Below()',
    'new Old',
    'new Imported()',
    'new this.constructor()',
    'new (class {})()',
    'new Unknown()',
    'new Self()',
    'throw new Stepped()',
    'throw [new Imported()]',
  ])
    t.true(steps(text), text)
  for (const text of [
    'new Quiet()',
    'new Derived()',
    'new Target()',
    'new Map([[1, 2]])',
    'new Error()',
    'new Date()',
    'new Intl.NumberFormat()',
    'new Int32Array(new SharedArrayBuffer(4))',
    'throw new Imported()',
    'return new ImportedError()',
    'return new errors.ImportedError()',
  ])
    t.false(steps(text), text)
})

test('nesting is bounded, and says where', (t) => {
  const nest = (depth: number, body: string): string => (depth === 0 ? body : `f(function (a${depth}) { ${nest(depth - 1, body)} })`)
  const small = transformText(nest(8, 'g()'))
  t.deepEqual(small.unsteppable, [])
  const source = nest(9, `g();${' '.repeat(400)}`)
  const large = transformText(source)
  t.true(large.unsteppable.length > 0)
  t.true(large.unsteppable.every(({ reason }) => reason === 'nested too deep'))
  t.true(large.code.length < source.length * 400)
})

test('the map leads back from originals and twins', (t) => {
  const source = `exports.main = function main(t) {\n  const x = 1\n  return deep(t,\n    x)\n}\nfunction deep(t) {\n  throw new Error(String(t.words[0]))\n}\n`
  const { code, map } = transformText(source)
  const trace = new TraceMap(JSON.parse(map.toString()))
  const places = [...code.matchAll(/new Error/g)].map(({ index }) => {
    const before = code.slice(0, index).split('\n')
    return originalPositionFor(trace, { line: before.length, column: before.at(-1)?.length ?? 0 })
  })
  t.deepEqual(
    places.map(({ line, column }) => [line, column]),
    [[7, 8]],
  )
  const { code: two, map: mapTwo } = transformText(source.replace('throw', 'other(); throw'))
  const traceTwo = new TraceMap(JSON.parse(mapTwo.toString()))
  const found = [...two.matchAll(/new Error/g)].map(({ index }) => {
    const before = two.slice(0, index).split('\n')
    return originalPositionFor(traceTwo, { line: before.length, column: before.at(-1)?.length ?? 0 })
  })
  t.deepEqual(
    found.map(({ line, column }) => [line, column]),
    [
      [7, 17],
      [7, 17],
    ],
  )
})

test('errors of syntax say where', (t) => {
  const error = t.throws(() => transformText('const a = 1\nlet a = 2'), { instanceOf: SyntaxError }) as SyntaxError & { loc: object }
  t.like(error.loc, { line: 2, column: 4 })
  t.regex(error.message, /already been declared/)
})

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'
import { CompilerOptionsReader, loadCompiler, readSource, type Stripped, stripTypes } from './strip-types.js'

function strip(files: Record<string, string>, entry = 'a.ts'): Stripped {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-strip-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  const file = join(directory, entry)
  return stripTypes(readSource(file), new CompilerOptionsReader().of(file))
}

/** Runs stripped code that declares `result`. */
function result({ code }: Stripped): unknown {
  return new Function(`${code.replaceAll(/^export .*$/gm, '')}\nreturn result`)()
}

test.before(loadCompiler)

const FIELDS = 'class A { x: number; constructor() { this.seen = Object.keys(this) } seen: string[] }\nconst result = new A().seen'

test('strip: fields without a value are defined or not as the tsconfig says', (t) => {
  t.deepEqual(result(strip({ 'a.ts': FIELDS, 'tsconfig.json': '{}' })), ['x', 'seen'])
  t.deepEqual(result(strip({ 'a.ts': FIELDS, 'tsconfig.json': '{"compilerOptions":{"useDefineForClassFields":false}}' })), [])
  t.deepEqual(result(strip({ 'a.ts': FIELDS, 'tsconfig.json': '{"compilerOptions":{"target":"ES2020"}}' })), [])
  t.deepEqual(result(strip({ 'a.ts': FIELDS, 'tsconfig.json': '{"compilerOptions":{"target":"ES2020","useDefineForClassFields":true}}' })), ['x', 'seen'])
})

test('strip: a tsconfig extends others, by path and from packages, and may hold comments', (t) => {
  const files = {
    'src/a.ts': FIELDS,
    'tsconfig.json':
      '{\n // "extends": "./no.json",\n "extends": ["base/tsconfig.json", "./own"], /* "x": 1 */ "compilerOptions": { "paths": { "//*": ["./*"], }, }, }',
    'own.json': '{"compilerOptions":{"jsx":"react"}}',
    'node_modules/base/package.json': '{"name":"base"}',
    'node_modules/base/tsconfig.json': '{"compilerOptions":{"useDefineForClassFields":false}}',
  }
  t.deepEqual(result(strip(files, 'src/a.ts')), [])
})

test('strip: legacy decorators run, with parameters and metadata, where the tsconfig asks for them', (t) => {
  const stripped = strip({
    'tsconfig.json': '{"compilerOptions":{"experimentalDecorators":true,"emitDecoratorMetadata":true}}',
    'a.ts': [
      'const log: string[] = []',
      'const named = (name: string) => (...args: any[]): any => void log.push(`${name} ${args.length} ${String(args[1])}`)',
      "@named('class') class A {",
      "  @named('field') field: number = 1",
      "  @named('method') method(@named('parameter') x: string) { return x }",
      '}',
      'const result = [log, new A().method("kept")]',
    ].join('\n'),
  })
  t.deepEqual(result(stripped), [['field 3 field', 'parameter 3 method', 'method 3 method', 'class 1 undefined'], 'kept'])
  const line = stripped.code.split('\n').findIndex((text) => text.startsWith('const named'))
  t.deepEqual(stripped.positionOf(line + 1, 0), { line: 2, column: 1 }, 'the helpers’ line moves nothing')
})

test('strip: enums, namespaces, parameter properties, import = and export = become JavaScript', (t) => {
  t.is(
    result(
      strip({
        'a.ts': 'enum E { A = 2 }\nnamespace N { export const b = 3 }\nclass P { constructor(readonly c: number) {} }\nconst result = E.A + N.b + new P(4).c',
      }),
    ),
    9,
  )
  t.regex(strip({ 'a.cts': "import x = require('./x.cjs')\nexport = x" }, 'a.cts').code, /const x = require\("\.\/x\.cjs"\);\s+module\.exports = x/)
})

test('strip: every Atomics call is found on its own line and column', (t) => {
  const source = [
    'interface Words { a: Int32Array }',
    'export function f(words: Words, n?: number): number {',
    '  type Local = number',
    '  const x: Local = Atomics.load(words.a as Int32Array, 0) +',
    '    Atomics.load(words!.a, 1)',
    '  if (x satisfies number) return <number>Atomics.add(words.a, n!, 1)',
    '  return g<Local>(',
    '    Atomics.load(words.a, 2), // first',
    '    (): number => Atomics.load(words.a, 3),',
    '  )[Atomics.load(words.a, 4)]!.call(',
    '    undefined, { at: Atomics.load(words.a, 5), ...(n ? { also: Atomics.load(words.a, 6) } : {}) }, `${Atomics.load(words.a, 7)}`)',
    '}',
    'class C<T> { readonly #w: Int32Array; constructor(private w: Int32Array) { this.#w = w } get v(): number { return Atomics.load(this.#w, 0) as number } }',
  ].join('\n')
  const { code, positionOf } = strip({ 'a.ts': source })
  const places = (text: string): { line: number; column: number }[] =>
    text.split('\n').flatMap((line, index) => [...line.matchAll(/Atomics\.\w+/g)].map((match) => ({ line: index + 1, column: match.index })))
  const expected = places(source).map(({ line, column }) => ({ line, column: column + 1 }))
  t.is(expected.length, 10)
  t.deepEqual(
    places(code).map(({ line, column }) => positionOf(line, column)),
    expected,
  )
})

test('strip: JavaScript passes through, and a comment in a string is not taken for a map', (t) => {
  const text = 'const a = `\n//# sourceMappingURL=nowhere.map\n`\nconst result = a // end\n'
  const stripped = strip({ 'a.mjs': text }, 'a.mjs')
  t.is(stripped.code, text)
  t.is(stripped.map, undefined)
  t.deepEqual(stripped.positionOf(3, 4), { line: 3, column: 5 })
  t.is(strip({ 'b.mjs': 'const b = 1\n//# sourceMappingURL=nowhere.map\n' }, 'b.mjs').map, undefined, 'a map that is not there is as good as none')
})

import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parse } from 'acorn'
import test from 'ava'
import MagicString from 'magic-string'
import { importDynamic } from './import-dynamic.js'
import { authorFile, importMeta, type LoadOptions, loadModule, requireFrom } from './load.js'
import { LoadError } from './load-error.js'
import type { Transform } from './module-unit.js'
import { mapPosition, mapStack } from './positions.js'

const run = promisify(execFile)
const RUNTIME = Symbol.for('heddle.runtime')
const builtins: string[] = []
Object.assign(globalThis, {
  [RUNTIME]: {
    importDynamic,
    importMeta,
    requireFrom,
    builtin: (name: string) => (builtins.push(name), process.getBuiltinModule(name)),
    builtinNamespace: (name: string) => (builtins.push(name), process.getBuiltinModule(name)),
  },
})

/** Rewrites specifiers and gives CommonJS its require, as the real transform does, and instruments nothing. */
const standIn: Transform = (source, { file, format, resolve, positionOf }) => {
  const RUN = "globalThis[Symbol.for('heddle.runtime')]"
  const code = new MagicString(source)
  const program = parse(source, {
    ecmaVersion: 'latest',
    sourceType: format === 'module' ? 'module' : 'script',
    allowReturnOutsideFunction: true,
    locations: true,
  })
  const unsteppable: { line: number; column: number; name: string; reason: string }[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) {
      for (const child of value) visit(child)
      return
    }
    const node = value as { type?: string; start: number; end: number; [key: string]: unknown }
    const literal = node['source'] as { value?: unknown; start: number; end: number } | undefined
    if (node.type === 'ImportExpression') {
      if (typeof literal?.value === 'string' && !literal.value.startsWith('node:')) resolve(literal.value, 'dynamic')
      code.update(node.start, node.start + 'import('.length, `${RUN}.importDynamic(`)
      code.update(node.end - 1, node.end, `, ${JSON.stringify(file)})`)
    } else if (typeof literal?.value === 'string' && !literal.value.startsWith('node:')) {
      code.update(literal.start, literal.end, JSON.stringify(resolve(literal.value, 'import')))
    } else if (node.type === 'MetaProperty' && source.startsWith('import', node.start)) {
      code.update(node.start, node.end, `${RUN}.importMeta(${JSON.stringify(file)})`)
    } else if (node.type === 'FunctionDeclaration' && (node['id'] as { name: string }).name === 'unsteppable') {
      const { line, column } = (node['loc'] as { start: { line: number; column: number } }).start
      unsteppable.push({ ...positionOf(line, column), name: 'unsteppable', reason: 'asked for' })
    }
    for (const [key, child] of Object.entries(node)) if (key !== 'loc') visit(child)
  }
  visit(program)
  code.prepend('/* instrumented */ ')
  if (format === 'commonjs') code.prepend(`require = ${RUN}.requireFrom(${JSON.stringify(file)}); __filename = ${JSON.stringify(file)};\n\n`)
  return { code: code.toString(), map: code.generateMap({ hires: true }) as never, unsteppable }
}

// The mapping under test is Heddle's own, not Node's.
process.setSourceMapsEnabled(false)

type Files = Record<string, string>

/** A project of its own in the temporary folder: a cache, a node_modules, no Heddle. */
function project(files: Files): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-load-')))
  write(directory, { 'package.json': '{"name":"project"}', ...files })
  return directory
}

function write(directory: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
}

async function load(directory: string, entry: string, packages: string[] = []) {
  return loadModule(join(directory, entry), { packages, transform: standIn })
}

async function failure(directory: string, entry: string, options: LoadOptions = { transform: standIn }): Promise<LoadError> {
  try {
    await loadModule(join(directory, entry), options)
  } catch (error) {
    if (error instanceof LoadError) return error
    throw error
  }
  throw new Error('expected a LoadError')
}

const names = (loaded: { files: readonly { file: string }[] }, directory: string): string[] => loaded.files.map(({ file }) => file.slice(directory.length + 1))
const cached = (directory: string): string[] =>
  readdirSync(join(directory, 'node_modules/.cache/heddle'))
    .filter((name) => /\.[cm]js$/.test(name))
    .sort()

test('load: TypeScript that imports TypeScript by its .js name', async (t) => {
  const directory = project({
    'a.scenario.ts': "import { b } from './b.js'\nimport type { T } from './nowhere.js'\nexport default { b } satisfies object as T\n",
    'b.ts': 'export const b: number = 1\n',
  })
  const loaded = await load(directory, 'a.scenario.ts')
  t.deepEqual(loaded.exports['default'], { b: 1 })
  t.deepEqual(names(loaded, directory), ['a.scenario.ts', 'b.ts'])
  t.is(cached(directory).length, 2)
  t.true(cached(directory).every((name) => /^(a\.scenario|b)-[0-9a-f]{12}\.mjs$/.test(name)))
})

test('load: imports in a circle are evaluated once and see each other', async (t) => {
  const directory = project({
    'a.ts': "import { b, log } from './b.js'\nexport const a = () => 'a'\nexport const both = () => a() + b()\nlog.push('a')\nexport { log }",
    'b.ts': "import { a } from './a.js'\nimport './c.js'\nexport const log: string[] = []\nexport const b = () => 'b' + a()\nlog.push('b')",
    'c.ts': "import * as a from './a.js'\nimport * as b from './b.js'\nexport const keys = () => [Object.keys(a), Object.keys(b)]",
  })
  const { exports } = await load(directory, 'a.ts')
  t.is((exports['both'] as () => string)(), 'aba')
  t.deepEqual(exports['log'], ['b', 'a'])
})

test('load: the same file again is the same module; a change anywhere below gives a new one', async (t) => {
  const directory = project({
    'a.ts': "export { value, token } from './b.js'\nimport './other.js'",
    'b.ts': "import { value } from './c.js'\nexport { value }\nexport const token = {}",
    'c.ts': "import './b.js'\nexport const value = 1",
    'other.ts': '(globalThis as any).otherEvaluations = ((globalThis as any).otherEvaluations ?? 0) + 1\nexport {}',
  })
  const first = await load(directory, 'a.ts')
  const second = await load(directory, 'a.ts')
  t.is(first.exports['token'], second.exports['token'])
  write(directory, { 'c.ts': "import './b.js'\nexport const value = 2" })
  const third = await load(directory, 'a.ts')
  t.is(third.exports['value'], 2)
  t.not(third.exports['token'], first.exports['token'])
  t.is((globalThis as { otherEvaluations?: number }).otherEvaluations, 1, 'what does not reach the change stays')
  t.notDeepEqual(first.files, third.files)
})

test('load: CommonJS is one module for import and require, with the names that Node gives it', async (t) => {
  const directory = project({
    'a.ts': [
      "import whole, { one, two, inner } from './lib.cjs'",
      "import { createRequire } from 'node:module'",
      "import fromBarrel from './barrel.cjs'",
      "import { inner as star } from './barrel.cjs'",
      'export { whole, one, two, inner, star, fromBarrel }',
    ].join('\n'),
    'lib.cjs':
      "exports.one = 1\nexports.two = () => 2\nexports.inner = require('./inner.cjs')\nexports.json = require('./data.json')\nexports.fs = require('fs')",
    'inner.cjs': "module.exports = { file: __filename, required: require.resolve('./lib.cjs'), main: require.main === module, name: module.filename }",
    'barrel.cjs': "var __exportStar = (m, e) => Object.assign(e, m)\n__exportStar(require('./lib.cjs'), exports)",
    'data.json': '{"data":true}',
  })
  const { exports } = await load(directory, 'a.ts')
  const whole = exports['whole'] as Record<string, unknown>
  t.is(exports['one'], 1)
  t.is((exports['two'] as () => number)(), 2)
  t.is(whole['inner'], exports['inner'])
  t.is(exports['star'], exports['inner'], 'a re-exported name is found, and the barrel and the import share the module')
  t.deepEqual(whole['inner'], { file: join(directory, 'inner.cjs'), required: join(directory, 'lib.cjs'), main: false, name: join(directory, 'inner.cjs') })
  t.deepEqual(whole['json'], { data: true })
  t.is(whole['fs'], process.getBuiltinModule('fs'))
  t.true(builtins.includes('fs'), 'builtins come from the runtime')
})

test('load: CommonJS in a circle, computed, optional and deleted requires', async (t) => {
  const directory = project({
    'a.cjs':
      "exports.early = 1\nconst b = require('./b.cjs')\nexports.b = b\nexports.again = () => { delete require.cache[require.resolve('./state.cjs')]; return require('./state.cjs') }",
    'b.cjs': [
      "const a = require('./a.cjs')",
      'exports.early = a.early',
      "exports.computed = require('./' + 'comp' + 'uted')",
      "try { require('not-installed') } catch (error) { exports.code = error.code }",
      "try { require('./broken.cjs') } catch (error) { exports.broken = error.name }",
    ].join('\n'),
    'computed.ts': 'export = { computed: true as boolean }',
    'broken.cjs': 'const = 1',
    'state.cjs': 'exports.state = {}',
  })
  const loaded = await load(directory, 'a.cjs')
  const a = loaded.exports['default'] as { again(): { state: object } }
  t.like(a, { b: { early: 1, computed: { computed: true }, code: 'MODULE_NOT_FOUND', broken: 'LoadError' } })
  t.not(a.again().state, a.again().state)
  t.deepEqual(names(await load(directory, 'a.cjs'), directory).includes('b.cjs'), true)
})

test('load: a compiled CommonJS scenario gives its own default export', async (t) => {
  const directory = project({ 'a.cjs': "Object.defineProperty(exports, '__esModule', { value: true })\nexports.default = 'scenario'" })
  t.is((await load(directory, 'a.cjs')).exports['default'], 'scenario')
})

test('load: CommonJS may require an instrumented ES module', async (t) => {
  const directory = project({ 'a.cjs': "exports.esm = require('./b.mjs').b", 'b.mjs': 'export const b = 1' })
  t.is((await load(directory, 'a.cjs')).exports['esm'], 1)
})

test('load: import.meta and dynamic imports are those of the user’s file', async (t) => {
  const directory = project({
    'a.ts': [
      'export const meta = import.meta',
      "const name: string = './b.js'",
      "export const [byName, again] = await Promise.all([import(name), import('./b.js')])",
      "export const [missing, missingPackage] = (await Promise.allSettled([import('./missing.js'), import('missing-package')])).map((one: any) => one.reason?.code)",
      "export const fs = await import('node:fs')",
    ].join('\n'),
    'b.ts': 'export const b = 1',
  })
  const { exports } = await load(directory, 'a.ts')
  const meta = exports['meta'] as ImportMeta
  t.is(meta.filename, join(directory, 'a.ts'))
  t.is(fileURLToPath(meta.url), join(directory, 'a.ts'))
  t.is(fileURLToPath(meta.resolve('./b.js')), join(directory, 'b.ts'))
  t.is(meta.resolve('fs'), 'node:fs')
  t.is(exports['byName'], exports['again'])
  t.is(exports['missing'], 'ERR_MODULE_NOT_FOUND')
  t.is(exports['missingPackage'], 'ERR_MODULE_NOT_FOUND')
  t.is(exports['fs'], process.getBuiltinModule('fs'))
})

const withPackage = {
  'a.ts': "import { instrumented, own } from 'library'\nimport { plain } from '@scope/plain'\nexport { instrumented, own, plain }",
  'node_modules/library/package.json':
    '{"name":"library","exports":{"import":"./index.js","require":"./no.cjs"},"type":"module","imports":{"#own":"./own.js"}}',
  'node_modules/library/index.js': "import { own } from '#own'\nexport { own }\nexport const instrumented = import.meta.url.includes('.cache')\n",
  'node_modules/library/own.js': 'export const own = 1',
  'node_modules/@scope/plain/package.json': '{"name":"@scope/plain","main":"main.js"}',
  'node_modules/@scope/plain/main.js': 'exports.plain = __filename',
}

test('load: packages are native unless they are named', async (t) => {
  const directory = project(withPackage)
  const native = await load(directory, 'a.ts')
  t.deepEqual(names(native, directory), ['a.ts'])
  t.is(native.exports['plain'], join(directory, 'node_modules/@scope/plain/main.js'))
  const both = await load(directory, 'a.ts', ['library'])
  t.deepEqual(names(both, directory), ['a.ts', 'node_modules/library/index.js', 'node_modules/library/own.js'])
})

test('load: #imports, self-reference, tsconfig paths, linked packages and queries', async (t) => {
  const directory = project({
    'package.json': '{"name":"self","type":"module","imports":{"#internal/*":"./src/*.js"},"exports":{"./lock":"./src/lock.ts"}}',
    'tsconfig.json': '{ // with a comment\n "compilerOptions": { "paths": { "@/*": ["./src/*"], "typed": ["./src/typed.d.ts"] }, }, }',
    'a.ts': [
      "import * as one from '#internal/lock'",
      "import * as two from 'self/lock'",
      "import * as three from '@/lock'",
      "import * as four from './src/lock.js?copy'",
      "import * as five from './src/lock'",
      "import { linked } from 'linked'",
      "import { typed } from 'typed'",
      "import data from './data.json' with { type: 'json' }",
      'export const all = [one, two, three, four, five]',
      'export { linked, typed, data }',
    ].join('\n'),
    'src/lock.ts': 'export const lock: object = {}',
    'src/typed.d.ts': 'export declare const typed: number',
    'node_modules/typed/index.js': 'exports.typed = 1',
    'data.json': '[1]',
    'packages/linked/package.json': '{"name":"linked","main":"./index.ts"}',
    'packages/linked/index.ts': 'export const linked: number = 1',
  })
  symlinkSync(join(directory, 'packages/linked'), join(directory, 'node_modules/linked'))
  const loaded = await load(directory, 'a.ts')
  const [one, two, three, four, five] = loaded.exports['all'] as { lock: object }[]
  t.is(one, two)
  t.is(one, three)
  t.is(one, five)
  t.not(one?.lock, four?.lock, 'a query makes a module of its own')
  t.is(loaded.exports['linked'], 1)
  t.is(loaded.exports['typed'], 1)
  t.deepEqual(loaded.exports['data'], [1])
  t.deepEqual(names(loaded, directory), ['a.ts', 'packages/linked/index.ts', 'src/lock.ts'])
})

test('load: heddle is the running one, and its primitives are instrumented, with or without an installation', async (t) => {
  const running = fileURLToPath(new URL('../../', import.meta.url))
  const source = [
    "import * as invariants from 'heddle/invariants'",
    'export { invariants }',
    "export const url = import.meta.resolve('heddle/invariants')",
  ].join('\n')
  const without = project({ 'a.ts': source })
  const installed = project({
    'a.ts': source,
    'node_modules/heddle/package.json': '{"name":"heddle","type":"module","exports":{".":"./dist/sim/public.js","./invariants":"./dist/invariants/public.js"}}',
    'node_modules/heddle/dist/sim/public.js': 'export const stranger = true',
    'node_modules/heddle/dist/invariants/public.js': 'export const stranger = true',
  })
  t.true(existsSync(join(running, 'invariants/public.js')))
  const expected = await import(join(running, 'invariants/public.js'))
  for (const directory of [without, installed]) {
    const { exports, files } = await load(directory, 'a.ts')
    t.is(exports['invariants'], expected)
    t.is(exports['url'], new URL('../../invariants/public.js', import.meta.url).href)
    t.is(files.length, 1)
  }
})

test('load: a TypeScript file decides its format as Node does, and by its syntax where nothing else is said', async (t) => {
  const directory = project({
    'a.ts':
      "import esm from './esm.js'\nimport cts from './cts.cjs'\nimport plain from './plain.js'\nimport typed from './typed/index.js'\nexport const all = [esm, cts, plain, typed]",
    'esm.ts': 'export default typeof require',
    'cts.cts': 'export = typeof require as string',
    'plain.ts': 'module.exports = typeof require as string',
    'typed/package.json': '{"type":"commonjs"}',
    'typed/index.ts': 'export default typeof require',
  })
  t.deepEqual((await load(directory, 'a.ts')).exports['all'], ['undefined', 'function', 'function', 'undefined'])
})

test('cache: a warm start compiles nothing, and survives damage', async (t) => {
  const directory = project({ 'a.ts': "import { b } from './b.js'\nexport const a = b", 'b.ts': 'export const b: number = 1' })
  let compiled = 0
  const counting: Transform = Object.assign((...args: Parameters<Transform>) => (compiled++, standIn(...args)), { toString: () => 'counting' })
  const again = () => loadModule(join(directory, 'a.ts'), { transform: counting })
  await again()
  t.is(compiled, 2)
  await again()
  t.is(compiled, 2)

  const cache = join(directory, 'node_modules/.cache/heddle')
  const [a = ''] = cached(directory)
  const whole = readFileSync(join(cache, a), 'utf8')
  writeFileSync(join(cache, a), whole.slice(0, 20))
  writeFileSync(join(cache, `${a}.map`), '{')
  await again()
  t.is(compiled, 2, 'a damaged module is linked again from its unit')
  t.is(readFileSync(join(cache, a), 'utf8'), whole)
  t.true(readFileSync(join(cache, `${a}.map`), 'utf8').length > 1)

  for (const unit of readdirSync(join(cache, 'units')))
    writeFileSync(join(cache, 'units', unit), readFileSync(join(cache, 'units', unit), 'utf8').replace('"format"', '"farmat"'))
  await again()
  t.is(compiled, 4, 'a damaged unit is compiled again')
  writeFileSync(join(directory, 'b.ts'), 'export const b: number = 2')
  t.is((await again()).exports['a'], 2)
  t.is(compiled, 5, 'only the file that changed is compiled')
  writeFileSync(join(directory, 'tsconfig.json'), '{"compilerOptions":{"verbatimModuleSyntax":true}}')
  await again()
  t.is(compiled, 7, 'options that change what runs are part of the key')
})

test('cache: a file that appears and takes over a specifier makes its importer stale', async (t) => {
  const directory = project({ 'a.ts': "export { b } from './b.js'", 'b.js': "export const b = 'js'" })
  t.is((await load(directory, 'a.ts')).exports['b'], 'js')
  write(directory, { 'b.ts': "export const b: string = 'ts'" })
  t.is((await load(directory, 'a.ts')).exports['b'], 'ts')
})

test('cache: what was not used for a month goes when something is added', async (t) => {
  const directory = project({ 'a.ts': 'export const a = 1' })
  const cache = join(directory, 'node_modules/.cache/heddle')
  write(cache, { 'old-000000000000.mjs': '', 'old-000000000000.mjs.map': '', 'new-000000000000.mjs': '' })
  const longAgo = new Date(Date.now() - 40 * 24 * 60 * 60 * 1000)
  for (const name of ['old-000000000000.mjs', 'old-000000000000.mjs.map']) utimesSync(join(cache, name), longAgo, longAgo)
  await run(process.execPath, ['--input-type=module', '-e', child(join(directory, 'a.ts'))])
  t.false(existsSync(join(cache, 'old-000000000000.mjs')))
  t.false(existsSync(join(cache, 'old-000000000000.mjs.map')))
  t.true(existsSync(join(cache, 'new-000000000000.mjs')))
})

/** A program that loads `file` with a transform of its own and prints what it exports. */
function child(file: string): string {
  const load = new URL('./load.js', import.meta.url).href
  return `const { loadModule } = await import(${JSON.stringify(load)});
    const transform = (code, { resolve }) => ({ code: code.replace(/from "(.*?)"/g, (_, s) => 'from ' + JSON.stringify(resolve(s, 'import'))), map: { mappings: 'AAAA' }, unsteppable: [] });
    const { exports } = await loadModule(${JSON.stringify(file)}, { transform });
    console.log(JSON.stringify(exports))`
}

test('cache: processes that start at once agree', async (t) => {
  const files: Files = { 'a.ts': '' }
  for (let index = 0; index < 20; index++) {
    files['a.ts'] += `export { v${index} } from "./m${index}.js"\n`
    files[`m${index}.ts`] = `export const v${index}: number = ${index}\n`
  }
  const directory = project(files)
  const runs = await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, ['--input-type=module', '-e', child(join(directory, 'a.ts'))])))
  t.is(new Set(runs.map(({ stdout }) => stdout)).size, 1)
  t.is(JSON.parse(runs[0]?.stdout ?? '').v19, 19)
  t.is(cached(directory).length, 21)
  t.deepEqual(
    readdirSync(join(directory, 'node_modules/.cache/heddle')).filter((name) => name.endsWith('.tmp')),
    [],
  )
})

test('cache: without a package it lies in a private folder under the temporary one', async (t) => {
  const directory = project({ 'a.mjs': 'export const a = import.meta.filename' })
  rmSync(join(directory, 'package.json'))
  t.is((await load(directory, 'a.mjs')).exports['a'], join(directory, 'a.mjs'))
  t.false(existsSync(join(directory, 'node_modules')))
  t.is(statSync(join(tmpdir(), `heddle-cache-${process.getuid?.() ?? 'user'}`)).mode & 0o777, 0o700)
})

test('error: a file that does not parse', async (t) => {
  const directory = project({
    'type.ts': 'export const a: number = 1\nexport function f(): void {\n  const x: = 3\n}\n',
    'plain.mjs': "import './inner.mjs'\n",
    'inner.mjs': 'const a = 1\nconst b = (\n',
    'old.cts': "import a from './b.cjs'\nexport const b = a\n",
    'decorated.ts': 'export {}\n@sealed class A {}\n',
  })
  // Heddle's own transform, and one that knows the parser's errors only.
  for (const options of [{}, { transform: standIn }]) {
    const fails = (entry: string) => failure(directory, entry, options)
    const typed = await fails('type.ts')
    t.like(typed, { failure: 'parse', line: 3, column: 12, file: join(directory, 'type.ts') })
    t.is(typed.message, `${join(directory, 'type.ts')}:3:12: Unexpected token`)
    t.regex(typed.codeFrame ?? '', /const x: = 3/)
    const plain = await fails('plain.mjs')
    t.like(plain, { failure: 'parse', line: 3, column: 1, file: join(directory, 'inner.mjs'), reason: 'Unexpected token' })
    t.regex(plain.codeFrame ?? '', /const b = \(/)
    t.regex((await fails('old.cts')).message, /old\.cts:1:1: import and export in a file that is CommonJS/)
    t.regex((await fails('decorated.ts')).message, /decorated\.ts:2:1: .*experimentalDecorators/)
  }
})

test('error: an import that leads nowhere, and a file that is not there', async (t) => {
  const directory = project({
    'a.ts': "type A = 1\n\nimport { b } from './b.js'\nexport { b }",
    'b.ts': "export const b = 1\nexport { c } from 'not-installed'",
    'c.ts': "import { d } from './d.js'\nexport { d }",
    'typed.ts': "import { x } from 'typed'\nexport { x }",
    'node_modules/typed/package.json': '{"main":"x.ts"}',
    'node_modules/typed/x.ts': 'export const x = 1',
  })
  t.is((await failure(directory, 'a.ts')).message, `${join(directory, 'b.ts')}:2:19: cannot find "not-installed", imported here`)
  t.is((await failure(directory, 'c.ts')).message, `${join(directory, 'c.ts')}:1:19: cannot find "./d.js", imported here`)
  t.is((await failure(directory, 'none.ts')).message, `${join(directory, 'none.ts')}: there is no such file`)
  t.regex((await failure(directory, 'typed.ts')).message, /typed\.ts:1:19: "typed" is TypeScript inside node_modules.*name "typed" in `packages`/)
  write(directory, { 'd.ts': 'export const d = 1' })
  t.is((await load(directory, 'c.ts')).exports['d'], 1)
  rmSync(join(directory, 'd.ts'))
  t.regex((await failure(directory, 'c.ts')).message, /c\.ts:1:19: cannot find/)
})

test('error: a module that throws or asks for an export that is not there', async (t) => {
  const directory = project({
    'throws.ts': "interface A { a: 1 }\nimport { f } from './f.js'\n\nf()",
    'f.ts': "type B = 2\n\nexport function f(): never {\n  throw new RangeError('too much')\n}",
    'link.ts': "type A = 1\n\nimport { g } from './f.js'\ng()",
    'value.ts': "throw 'text'\nexport {}",
    'cjs.cjs': "\n\nrequire('./nowhere')",
  })
  const throws = await failure(directory, 'throws.ts')
  t.is(throws.message, `${join(directory, 'f.ts')}:4:9: threw RangeError: too much while it was loaded`)
  t.true(throws.cause instanceof RangeError)
  t.like(throws, { failure: 'evaluate', file: join(directory, 'f.ts'), line: 4, column: 9 })
  t.regex((await failure(directory, 'link.ts')).message, /link\.ts:3:10: The requested module '.*\/f\.ts' does not provide an export named 'g'$/)
  t.is((await failure(directory, 'value.ts')).message, `${join(directory, 'value.ts')}: threw 'text' while it was loaded`)
  t.regex((await failure(directory, 'cjs.cjs')).message, /cjs\.cjs:3:1: threw Error: cannot find ".\/nowhere"/)
})

test('positions: a stack through instrumented ES modules and CommonJS is the user’s', async (t) => {
  const directory = project({
    'a.ts': "import { Lock } from './lock.js'\ninterface A { a: number }\nexport async function run(a: A) {\n  await a\n\n  return new Lock<A>().acquire(a)\n}",
    'lock.ts':
      "import deep from './deep.cjs'\nexport class Lock<T> {\n  acquire(value: T): Error {\n    type X = T\n    return this.#swap(value as X)\n  }\n  #swap$step(v: T) { return deep.fail(v) }\n  #swap(v: T) { return this.#swap$step(v) }\n}",
    'deep.cts':
      'interface D { d: 1 }\nfunction fail(x: unknown): Error {\n  return [x].map((y): Error => new Error("deep\\nwithin"))[0]!\n}\nexport = { fail }',
  })
  const { exports } = await load(directory, 'a.ts')
  const error = await (exports['run'] as (a: object) => Promise<Error>)({ a: 1 })
  const { frames, text } = mapStack(error)
  const expected: unknown[] = [
    ['', 'deep.cts', 3, 32],
    ['Object.fail', 'deep.cts', 3, 14],
    ['#swap', 'lock.ts', 7, 34],
    ['#swap', 'lock.ts', 8, 29],
    ['Lock.acquire', 'lock.ts', 5, 17],
    ['Module.run', 'a.ts', 6, 24],
  ]
  const actual = frames.map(({ name, file, line, column }) => [name, file.replace(`${directory}/`, ''), line, column])
  t.deepEqual(actual.slice(0, expected.length) as unknown[], expected)
  t.true(text.startsWith(`Error: deep\nwithin\n    at ${join(directory, 'deep.cts')}:3:32\n    at Object.fail (`))
  t.false(text.includes('.cache'))
  t.false(text.includes('node:internal'))
  t.false(text.includes('$step'))
})

test('positions: JavaScript that names a map shows its author’s file', async (t) => {
  const directory = project({
    'src/lock.ts': 'interface A { a: 1 }\n\nexport function fail(a: A): never {\n  throw new Error("x")\n}\nfunction unsteppable(): void {}\n',
  })
  const { transformSync } = await import('oxc-transform')
  const source = readFileSync(join(directory, 'src/lock.ts'), 'utf8')
  const { code, map } = transformSync('lock.ts', source, { sourcemap: true })
  const text = JSON.stringify({ ...map, sources: ['../src/lock.ts'] })
  write(directory, {
    'dist/file.mjs': `${code}\n//# sourceMappingURL=file.mjs.map\n`,
    'dist/file.mjs.map': text,
    'dist/inline.mjs': `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(text).toString('base64')}\n`,
  })
  for (const file of ['dist/file.mjs', 'dist/inline.mjs']) {
    const { exports, unsteppable } = await load(directory, file)
    const error = t.throws(() => (exports['fail'] as (a: object) => void)({}))
    t.like(mapStack(error as Error).frames[0], { file: join(directory, 'src/lock.ts'), line: 4, column: 9 })
    t.deepEqual(unsteppable, [{ line: 6, column: 1, name: 'unsteppable', reason: 'asked for', file: join(directory, 'src/lock.ts') }])
    t.is(authorFile(join(directory, file)), join(directory, 'src/lock.ts'))
  }
})

test('positions: a file outside the cache, and one whose map is gone, stay as they are', (t) => {
  t.deepEqual(mapPosition('/x/y.js', 3, 4), { file: '/x/y.js', line: 3, column: 4 })
  t.deepEqual(mapPosition('file:///x/y-0123456789ab.mjs', 3, 4), { file: '/x/y-0123456789ab.mjs', line: 3, column: 4 })
})

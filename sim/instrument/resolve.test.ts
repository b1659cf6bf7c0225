import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { HEDDLE_ROOT, isRunningHeddle, packageNameOf, Resolver } from './resolve.js'

const running = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

function project(files: Record<string, string>): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-resolve-')))
  for (const [name, text] of Object.entries({ 'package.json': '{}', ...files })) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  return directory
}

test('resolve: any copy of Heddle’s own modules is the running one', (t) => {
  const resolver = new Resolver()
  const expected = { kind: 'heddle', file: running('sim/scenario.js'), suffix: '' }
  t.deepEqual(resolver.classify(join(HEDDLE_ROOT, 'sim/scenario.ts')), expected)
  t.deepEqual(resolver.classify(join(HEDDLE_ROOT, 'dist/sim/scenario.js')), expected)
  const other = project({ 'node_modules/heddle/package.json': '{"name":"heddle"}' })
  t.deepEqual(resolver.classify(join(other, 'node_modules/heddle/dist/sim/scenario.js')), expected)
  t.deepEqual(resolver.resolve('../sim/scenario.js', join(HEDDLE_ROOT, 'scenarios/any.ts'), 'import'), expected)
  t.deepEqual(resolver.resolve('./node_modules/heddle/dist/sim/no-such.js', join(other, 'a.ts'), 'import').kind, 'unresolved')
  t.true(isRunningHeddle(running('sim/instrument/load.js')))
})

test('resolve: Heddle’s primitives, scenarios and fixtures are instrumented, wherever it is installed', (t) => {
  const resolver = new Resolver()
  const other = project({ 'node_modules/heddle/package.json': '{"name":"heddle"}' })
  for (const root of [HEDDLE_ROOT, join(other, 'node_modules/heddle')]) {
    for (const name of ['primitives/lock.ts', 'dist/primitives/lock.js', 'scenarios/lock.ts', 'dist/scenarios/lock.js']) {
      t.is(resolver.classify(join(root, name)).kind, 'instrument', name)
    }
  }
  t.is(resolver.classify(join(HEDDLE_ROOT, 'sim/instrument/fixtures/a.ts')).kind, 'instrument')
  t.false(isRunningHeddle(join(HEDDLE_ROOT, 'primitives/lock.ts')))
  t.is(resolver.classify(join(HEDDLE_ROOT, 'package.json')).kind, 'native')
})

test('resolve: the primitives a project has installed come before those of the running Heddle', (t) => {
  const installed = project({
    'node_modules/heddle/package.json': '{"name":"heddle","exports":{"./primitives":"./dist/primitives/mine.js"}}',
    'node_modules/heddle/dist/primitives/mine.js': '',
  })
  const file = join(installed, 'node_modules/heddle/dist/primitives/mine.js')
  t.deepEqual(new Resolver().resolve('heddle/primitives', join(installed, 'a.ts'), 'import'), { kind: 'instrument', file, suffix: '' })
})

test('resolve: conditions differ for import and require, and inside packages Node’s rules hold', (t) => {
  const directory = project({
    'node_modules/both/package.json': '{"exports":{"types":"./t.d.ts","import":"./i.mjs","require":"./r.cjs"}}',
    'node_modules/both/i.mjs': '',
    'node_modules/both/r.cjs': '',
    'node_modules/both/shadow.ts': '',
    'node_modules/both/shadow.js': '',
    'node_modules/both/addon.node': '',
    'folder/index.ts': '',
    'shadow.ts': '',
    'shadow.js': '',
  })
  const resolver = new Resolver(['both'])
  const user = join(directory, 'a.ts')
  const inside = join(directory, 'node_modules/both/i.mjs')
  const file = (specifier: string, importer: string, kind: 'import' | 'require') => {
    const found = resolver.resolve(specifier, importer, kind)
    return 'file' in found ? `${found.kind} ${found.file.slice(directory.length + 1)}` : found.kind
  }
  t.is(file('both', user, 'import'), 'instrument node_modules/both/i.mjs')
  t.is(file('both', user, 'require'), 'instrument node_modules/both/r.cjs')
  t.is(file('./shadow.js', user, 'import'), 'instrument shadow.ts')
  t.is(file('./shadow.js', inside, 'import'), 'instrument node_modules/both/shadow.js')
  t.is(file('./addon.node', inside, 'require'), 'native node_modules/both/addon.node')
  t.is(file('./folder', user, 'require'), 'instrument folder/index.ts')
  t.is(file('node:fs', user, 'import'), 'external')
  t.is(file('fs/promises', user, 'require'), 'external')
  t.is(file('data:text/javascript,1', user, 'import'), 'external')
})

test('resolve: a tsconfig that cannot be read does not get in the way', (t) => {
  const directory = project({ 'tsconfig.json': '{"extends":"not-installed/tsconfig.json"', 'b.ts': '' })
  t.like(new Resolver().resolve('./b.js', join(directory, 'a.ts'), 'import'), { kind: 'instrument', file: join(directory, 'b.ts') })
})

test('resolve: the package of a file under node_modules', (t) => {
  t.is(packageNameOf('/a/src/b.ts'), undefined)
  t.is(packageNameOf('/a/node_modules/b/c.js'), 'b')
  t.is(packageNameOf('/a/node_modules/.pnpm/@s+b@1/node_modules/@s/b/c.js'), '@s/b')
})

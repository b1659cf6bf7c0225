// The five folders are the architecture: each imports only what the table of ARCHITECTURE.md lets it.

import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'acorn'
import test from 'ava'
import { transformSync } from 'oxc-transform'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

interface Rule {
  /** Folders whose modules may be imported. */
  readonly values: readonly string[]
  /** Folders of which only types may be imported. */
  readonly types: readonly string[]
  readonly packages: boolean
}

const TABLE: Readonly<Record<string, Rule>> = {
  sim: { values: ['sim'], types: [], packages: true },
  primitives: { values: ['primitives'], types: [], packages: false },
  invariants: { values: ['invariants'], types: ['sim'], packages: false },
  scenarios: { values: ['scenarios', 'sim', 'invariants', 'primitives'], types: [], packages: false },
  cli: { values: ['cli', 'sim', 'invariants', 'primitives', 'scenarios'], types: [], packages: true },
}

/** Where the package's own names lead. */
const OWN_NAMES: Readonly<Record<string, string>> = { heddle: 'sim', 'heddle/invariants': 'invariants' }

interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
}

for (const [folder, rule] of Object.entries(TABLE)) {
  test(`${folder}/ imports only what the table allows`, (t) => {
    const files = sourceFiles(join(ROOT, folder))
    t.true(files.length > 0)
    t.deepEqual(
      files.flatMap((file) => violations(file, readFileSync(file, 'utf8'), rule)),
      [],
    )
  })
}

test('an import that the table forbids is found', (t) => {
  const file = join(ROOT, 'sim', 'imagined.ts')
  const sim = TABLE.sim as Rule
  t.is(violations(file, `import { main } from '../cli/main.js'; main()`, sim).length, 1)
  t.is(violations(file, `export * from 'heddle/primitives'`, sim).length, 1)
  const invariants = TABLE.invariants as Rule
  t.is(violations(join(ROOT, 'invariants', 'imagined.ts'), `import { execution } from '../sim/execution.js'; execution()`, invariants).length, 1)
  t.is(violations(join(ROOT, 'invariants', 'imagined.ts'), `import type { Invariant } from '../sim/invariant.js'`, invariants).length, 0)
  t.is(violations(join(ROOT, 'primitives', 'imagined.ts'), `import chalk from 'chalk'; chalk()`, TABLE.primitives as Rule).length, 1)
})

function violations(file: string, source: string, rule: Rule): string[] {
  return importsOf(file, source).flatMap(({ specifier, typeOnly }) => {
    const where = relative(ROOT, file)
    if (isBuiltin(specifier)) return []
    const folder = folderOf(file, specifier)
    if (folder === undefined) return rule.packages ? [] : [`${where}: imports the package ${specifier}`]
    if (rule.values.includes(folder) || (typeOnly && rule.types.includes(folder))) return []
    return [`${where}: imports ${specifier}`]
  })
}

/** The folder of ours that a specifier leads to; undefined for a package. */
function folderOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return relative(ROOT, resolve(dirname(file), specifier)).split(sep)[0]
  if (specifier.startsWith('heddle/primitives')) return 'primitives'
  return OWN_NAMES[specifier]
}

/** What a file imports; types only where the compiler would leave nothing of the import. */
function importsOf(file: string, source: string): Import[] {
  const withTypes = [...source.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] as string)
  const { code } = transformSync(file, source, { typescript: { onlyRemoveTypeImports: true } })
  const values = new Set<string>()
  for (const node of parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true }).body) {
    if ((node.type === 'ImportDeclaration' || node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration') && node.source)
      values.add(String(node.source.value))
  }
  for (const match of code.matchAll(/\bimport\(\s*["']([^"']+)["']/g)) values.add(match[1] as string)
  return [...new Set([...values, ...withTypes])].map((specifier) => ({ specifier, typeOnly: !values.has(specifier) }))
}

/** Code that ships: neither tests and what only they use, nor fixtures. */
function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.(test|bench|stress)\b/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/[\\/](fixtures|golden|house|parity)[\\/]/.test(file))
}

// A program as Node runs it by itself: its types stripped by TypeScript's own compiler (the pipeline under test uses another one), nothing else
// changed. `using`, which Node 20 does not have, and legacy decorators are written out by TypeScript as well, where a folder's
// tsconfig.json asks for it.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type typescript from 'typescript'

let compiler: typeof typescript | undefined

/** TypeScript takes a moment to load, and most tests need it. */
function ts(): typeof typescript {
  compiler ??= createRequire(import.meta.url)('typescript') as typeof typescript
  return compiler
}

/** Copies the folder `from` to `to`, TypeScript compiled to JavaScript of the corresponding extension. */
export function buildNative(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  const options = optionsOf(from)
  for (const entry of readdirSync(from, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const source = join(entry.parentPath, entry.name)
    const target = join(to, source.slice(from.length))
    mkdirSync(dirname(target), { recursive: true })
    const extension = /(?<!\.d)\.([mc]?)tsx?$/.exec(entry.name)
    if (extension === null) cpSync(source, target)
    else writeFileSync(target.replace(/\.[mc]?tsx?$/, `.${extension[1]}js`), compile(source, options))
  }
}

/** What Node's `import()` gives for a file that {@link buildNative} made. */
export async function importNative(file: string): Promise<Record<string, unknown>> {
  return (await import(pathToFileURL(file.replace(/\.([mc]?)tsx?$/, '.$1js')).href)) as Record<string, unknown>
}

function optionsOf(directory: string): typescript.CompilerOptions {
  let raw: { target?: string; experimentalDecorators?: boolean } = {}
  try {
    raw = JSON.parse(readFileSync(join(directory, 'tsconfig.json'), 'utf8')).compilerOptions
  } catch {
    // Most folders have none.
  }
  const { ScriptTarget, ModuleKind, JsxEmit } = ts()
  return {
    target: raw.target === 'ES2022' ? ScriptTarget.ES2022 : ScriptTarget.ESNext,
    module: ModuleKind.ESNext,
    jsx: JsxEmit.React,
    verbatimModuleSyntax: true,
    useDefineForClassFields: true,
    experimentalDecorators: raw.experimentalDecorators === true,
  }
}

function compile(file: string, options: typescript.CompilerOptions): string {
  const compilerOptions = file.endsWith('.cts') ? { ...options, module: ts().ModuleKind.CommonJS, verbatimModuleSyntax: false } : options
  return ts().transpileModule(readFileSync(file, 'utf8'), { fileName: file, compilerOptions }).outputText
}

// The header of a module: constants that find the runtime and stand for globals and for imports of Node's own modules. It stands on the
// module's first line, so that lines stay where they were.
//
// In a circle of ES modules a function may be called before its module is evaluated, header included. There the constants stand in a
// module of their own, which reaches no other and so is evaluated before; the header imports them. Elsewhere they stay where they are
// used: the engine takes constants of a module for what they are, and imported ones it must fetch at every use.

import type { Emit } from './emit.js'
import { STAND_IN_NAMES } from './transform-globals.js'

export interface Constant {
  readonly name: string
  readonly value: string
}

export interface Header {
  /** What stands before the module's first statement. */
  readonly text: string
  /** The module that the header imports, where the module is in a circle. */
  readonly module: string | undefined
}

/** @param builtins constants for imports of Node's own modules, in the order in which they need each other */
export function printHeader(emit: Emit, builtins: readonly Constant[]): Header {
  const { header } = emit.options
  const constants = [...constantsOf(emit), ...builtins]
  const variables = [...emit.variables, ...assignedStandIns(emit)]
  if (header === undefined) {
    const list = [...constants.map(({ name, value }) => `${name} = ${value}`), ...ownConstants(emit)].join(', ')
    return { text: `const ${list};${variables.length > 0 ? ` let ${variables.join(', ')};` : ''}${commonJsParameters(emit)}`, module: undefined }
  }
  const own = [...variables, ...ownConstants(emit)]
  const names = constants.map(({ name }) => name).join(', ')
  return {
    // `var` is there before the module is evaluated.
    text: `import { ${names} } from ${JSON.stringify(header)};${own.length > 0 ? ` var ${own.join(', ')};` : ''}`,
    module: `${constants.map(({ name, value }) => `export const ${name} = ${value};`).join('\n')}\n`,
  }
}

function constantsOf(emit: Emit): Constant[] {
  const { analysis, options } = emit
  const h = emit.name('h')
  const file = JSON.stringify(options.file)
  // A module of its own declares nothing that could hide these.
  const declared = (name: string) => options.header === undefined && analysis.topLevel.has(name)
  const root = declared('globalThis') ? 'global' : 'globalThis'
  const constants = [{ name: h, value: `${root}[${declared('Symbol') ? `${root}.` : ''}Symbol.for("heddle.runtime")]` }]
  const add = (base: string, value: string) => constants.push({ name: emit.name(base), value })
  if (emit.sites.length > 0 || emit.enters) add('W', `${h}.SWITCH`)
  if (emit.enters) add('N', `${h}.NESTED`)
  if (emit.sites.length > 0) add('s', `${h}.module({ file: ${file}, sites: ${JSON.stringify(emit.sites)} })`)
  if (emit.needsMark) add('M', `${h}.MARK`)
  if (emit.needsGlobal) add('globalThis', `${h}.standIns.globalThis`)
  if (emit.needsMeta) add('meta', `${h}.importMeta(${file})`)
  if (emit.needsKey) add('key', `(key) => ${root}.Reflect.ownKeys({ [key]: 0 })[0]`)
  for (const name of standInsOf(emit)) if (!analysis.assignedGlobals.has(name)) constants.push({ name, value: `${h}.standIns.${name}` })
  return constants
}

function standInsOf(emit: Emit): readonly string[] {
  return STAND_IN_NAMES.filter((name) => name !== 'globalThis' && emit.units.mentionsImpurely(name))
}

function assignedStandIns(emit: Emit): string[] {
  return standInsOf(emit).flatMap((name) => (emit.analysis.assignedGlobals.has(name) ? [`${name} = ${emit.name('h')}.standIns.${name}`] : []))
}

/** What only the module itself can tell; only twins ask for it. */
function ownConstants(emit: Emit): string[] {
  const { captures } = emit.analysis.program
  const constants: string[] = []
  if (captures.this) constants.push(`${emit.name('this')} = this`)
  if (captures.newTarget) constants.push(`${emit.name('newTarget')} = new.target`)
  return constants
}

/** Parameters of the function that Node wraps around a CommonJS module, so they are assigned. */
function commonJsParameters(emit: Emit): string {
  const { globals } = emit.analysis
  const { file, format } = emit.options
  if (format !== 'commonjs') return ''
  const values = {
    require: `${emit.name('h')}.requireFrom(${JSON.stringify(file)})`,
    __filename: JSON.stringify(file),
    __dirname: JSON.stringify(file.slice(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'), 1))),
  }
  return Object.entries(values)
    .map(([name, value]) => (globals.has(name) ? ` ${name} = ${value};` : ''))
    .join('')
}

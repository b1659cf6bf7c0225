// Values and shapes as text, for comparing what two runs of one program saw. Never runs the program's own code: accessors
// are named, not read.

const DEPTH_MAX = 5
const ENTRIES_MAX = 24
const TEXT_MAX = 200

/** A value as text. Functions show name and length, objects their class and own properties. */
export function show(value: unknown, depth = 0, seen: readonly unknown[] = []): string {
  if (typeof value === 'string') return JSON.stringify(value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX)}…${value.length}` : value)
  if (typeof value === 'function') return `[${kindOf(value)} ${name(value)}/${own(value, 'length')}]`
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null) return String(value)
  if (seen.includes(value)) return '[circular]'
  if (depth > DEPTH_MAX) return '…'
  return showObject(value, depth, [...seen, value])
}

function showObject(value: object, depth: number, seen: readonly unknown[]): string {
  const inner = (child: unknown) => show(child, depth + 1, seen)
  if (value instanceof Error)
    return `${className(value)}(${inner(own(value, 'name') ?? value.name)}, ${inner(own(value, 'message'))}${showErrorParts(value, inner)})`
  if (value instanceof Promise) return 'Promise'
  if (value instanceof Map) return `${className(value)}{${limit([...value].map(([key, item]) => `${inner(key)} => ${inner(item)}`))}}`
  if (value instanceof Set) return `${className(value)}{${limit([...value].map(inner))}}`
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return `${className(value)}[${limit([...(value as Uint8Array)].map(inner))}]`
  if (value instanceof Date || value instanceof RegExp) return `${className(value)}(${String(value)})`
  const properties = showProperties(value, inner)
  return Array.isArray(value) ? `${className(value) === 'Array' ? '' : className(value)}[${properties}]` : `${className(value)}{${properties}}`
}

function showErrorParts(error: Error, inner: (value: unknown) => string): string {
  return ['cause', 'errors', 'error', 'suppressed', 'code']
    .filter((key) => Object.hasOwn(error, key))
    .map((key) => `, ${key}: ${inner(own(error, key))}`)
    .join('')
}

function showProperties(value: object, inner: (value: unknown) => string): string {
  const parts: string[] = []
  for (const key of Reflect.ownKeys(value)) {
    if (isHeddles(key) || (Array.isArray(value) && key === 'length')) continue
    const property = Reflect.getOwnPropertyDescriptor(value, key)
    if (property === undefined) continue
    const text = 'value' in property ? inner(property.value) : `[${property.get ? 'get' : ''}${property.set ? 'set' : ''}]`
    parts.push(Array.isArray(value) && /^\d+$/.test(String(key)) ? text : `${String(key)}: ${text}`)
  }
  return limit(parts)
}

function limit(parts: readonly string[]): string {
  return parts.length > ENTRIES_MAX ? `${parts.slice(0, ENTRIES_MAX).join(', ')}, …${parts.length}` : parts.join(', ')
}

function className(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null) return 'null:'
  const maker = own(prototype as object, 'constructor')
  return typeof maker === 'function' ? name(maker) : '?'
}

function kindOf(value: object): string {
  return /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : (Object.prototype.toString.call(value).slice(8, -1) ?? 'Function')
}

function name(value: object): string {
  const own_ = own(value, 'name')
  return typeof own_ === 'string' ? own_ : typeof own_
}

function own(value: object, key: string): unknown {
  return Reflect.getOwnPropertyDescriptor(value, key)?.value
}

/** What Heddle itself leaves on functions. */
function isHeddles(key: string | symbol): boolean {
  return typeof key === 'symbol' && String(key).startsWith('Symbol(heddle.')
}

const FLAGS = ['writable', 'enumerable', 'configurable'] as const
const SHAPE_DEPTH_MAX = 5

/** All that reflection tells of a module's exports: own keys in their order, attributes, names and lengths, through prototypes and properties. */
export function shapeOf(exports: object): string[] {
  const lines: string[] = []
  const seen = new Set<object>([Object.prototype, Function.prototype, Array.prototype])
  const visit = (value: unknown, path: string, depth: number): void => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value) || depth > SHAPE_DEPTH_MAX) return
    if (ArrayBuffer.isView(value) || value instanceof Error || value instanceof Promise || isBuiltIn(value)) return
    seen.add(value)
    for (const key of Reflect.ownKeys(value)) {
      if (isHeddles(key)) continue
      const property = Reflect.getOwnPropertyDescriptor(value, key) as PropertyDescriptor
      const place = `${path}.${String(key)}`
      const flags = FLAGS.filter((flag) => property[flag]).join(' ')
      lines.push(`${place}: ${'value' in property ? show(property.value) : `[${property.get?.name} ${property.set?.name}]`} ${flags}`)
      if ('value' in property) visit(property.value, place, depth + 1)
      else {
        visit(property.get, `get ${place}`, depth + 1)
        visit(property.set, `set ${place}`, depth + 1)
      }
    }
    visit(Object.getPrototypeOf(value), `${path}.[[Prototype]]`, depth + 1)
  }
  visit({ ...exports }, 'exports', 0)
  return lines
}

const builtIns = new Set<unknown>(Object.getOwnPropertyNames(globalThis).map((key) => (globalThis as Record<string, unknown>)[key]))

function isBuiltIn(value: object): boolean {
  return (
    builtIns.has(value) ||
    builtIns.has(own(value, 'constructor')) ||
    (typeof value === 'function' && /\[native code\]/.test(Function.prototype.toString.call(value)))
  )
}

// The modules a scenario file reaches, each turned into instrumented code in the cache.
//
// A file goes through two stages. Its *unit* is what the file itself becomes: types stripped, instrumented, with a token of fixed
// length wherever the name of another instrumented module belongs. It depends on the file, its options and where its specifiers
// lead. *Linking* then gives the file its name and fills in the names of others.
//
// A module's name has to change if anything it reaches changes, for Node evaluates each name once; and modules may import each other
// in a circle, so a name cannot depend on the contents of finished files. Therefore the name's hash covers the units of the whole
// strongly connected component and the hashes of the components it reaches. Tokens are as long as what
// replaces them, so linking moves no column and the unit's source map stays right.

import { Cache, engineHash, hash, readableName, sha256, shortHash } from './cache.js'
import { components } from './components.js'
import { LoadError } from './load-error.js'
import { compilersLoaded, fillTokens, HEADER_LINK, headerName, loadCompilers, makeUnit, type Transform, tailOf, type Unit } from './module-unit.js'
import { type ImportKind, packageNameOf, packageScope, type Resolution, Resolver } from './resolve.js'
import { type CompilerOptions, CompilerOptionsReader, readSource, type SourceFile, stripTypes } from './strip-types.js'

export interface GraphNode {
  file: string
  sha256: string
  unit: Unit
  /** Identifies the unit: what it was made from, and where its links lead. */
  id: string
  /** By number of the link; undefined if the link does not lead to an instrumented module. */
  edges: (GraphNode | undefined)[]
  /** Hash of its component and all it reaches; empty until linked. */
  closure: string
  /** Name in the cache, and absolute path; empty until linked. */
  name: string
  cachedFile: string
}

/** All that decides what a file becomes by itself. */
interface Content {
  readonly source: SourceFile
  readonly options: CompilerOptions
  /** Its hash. */
  readonly key: string
}

export interface GraphOptions {
  /** Packages under node_modules to instrument as well. */
  packages?: readonly string[]
  /** In place of Heddle's own, in tests. */
  transform?: Transform
  /** In place of the project's cache folder, in tests. */
  cacheDirectory?: string
}

/** Thrown by the synchronous part if it needs a compiler that was not loaded yet. */
const COMPILER_NEEDED = Symbol('compiler needed')

/** One load's view of the user's modules: each file is read once. */
export class ModuleGraph {
  readonly #nodes = new Map<string, GraphNode>()
  /** Of what is being added. */
  readonly #sources = new Map<string, Content>()
  readonly #resolver: Resolver
  readonly #compilerOptions = new CompilerOptionsReader()
  readonly #cache: Cache
  readonly #transform: Transform | undefined
  /** What all keys of this graph begin with. */
  readonly #engine: string
  readonly #packages: string

  constructor(entry: string, options: GraphOptions) {
    // A scenario that lies in a package is there with the code it tests.
    const ownPackage = packageNameOf(entry)
    const packages = [...(options.packages ?? []), ...(ownPackage === undefined ? [] : [ownPackage])]
    this.#resolver = new Resolver(packages)
    this.#packages = packages.sort().join('\n')
    this.#cache = options.cacheDirectory === undefined ? Cache.of(entry) : new Cache(options.cacheDirectory)
    this.#transform = options.transform
    this.#engine = hash(engineHash(), String(options.transform ?? ''))
  }

  /** Every instrumented module so far, by path. */
  get nodes(): GraphNode[] {
    return [...this.#nodes.values()].sort((a, b) => (a.file < b.file ? -1 : 1))
  }

  /** The node of a module loaded before. */
  get(file: string): GraphNode | undefined {
    return this.#nodes.get(file)
  }

  resolve(specifier: string, importer: string, kind: ImportKind): Resolution {
    return this.#resolver.resolve(specifier, importer, kind)
  }

  /** Puts `file` and what it reaches into the cache. Loads the compiler only if something is missing there. */
  async add(file: string): Promise<GraphNode> {
    try {
      const node = this.#add(file, false)
      // What such a module requires at run time is instrumented while it waits: have the compiler ready.
      if (this.nodes.some(({ unit }) => unit.requiresUnknown)) await loadCompilers(this.#transform)
      return node
    } catch (error) {
      if (error !== COMPILER_NEEDED) throw error
    }
    await loadCompilers(this.#transform)
    return this.#add(file, false)
  }

  /** The same, for `require`, which cannot wait. */
  addSync(file: string): GraphNode {
    return this.#add(file, true)
  }

  #add(file: string, mayLoadSync: boolean): GraphNode {
    const node = this.#visit(file, mayLoadSync)
    if (node.cachedFile === '') for (const component of unlinked(node)) this.#link(component, mayLoadSync)
    this.#sources.clear()
    return node
  }

  /** Names the modules of a component, and puts them into the cache. */
  #link(component: readonly GraphNode[], mayLoadSync: boolean): void {
    for (const node of inCircles(component)) node.unit = this.#unitOf(this.#sources.get(node.file) as Content, true, mayLoadSync)
    const reached = new Set(component.flatMap(({ edges }) => edges.flatMap((edge) => (edge && !component.includes(edge) ? [edge.closure] : []))))
    const closure = hash(...component.map(({ id }) => id).sort(), '', ...[...reached].sort())
    for (const node of component) {
      node.closure = closure
      node.name = `${readableName(node.file)}-${shortHash(hash(closure, node.id))}${node.unit.format === 'module' ? '.mjs' : '.cjs'}`
    }
    for (const node of component) {
      const { name, file, unit } = node
      if (unit.header !== undefined) this.#cache.ensureModule(headerName(file, tailOf(name)), unit.header)
      node.cachedFile = this.#cache.ensureModule(name, linkedCode(node), unit.map)
    }
  }

  /** The node of `file`, with all it reaches. If anything fails, no node added on the way stays. */
  #visit(file: string, mayLoadSync: boolean): GraphNode {
    const known = this.#nodes.get(file)
    if (known !== undefined) return known
    const sizeBefore = this.#nodes.size
    try {
      const source = readUserSource(file)
      const node = this.#makeNode(source, mayLoadSync)
      this.#nodes.set(file, node)
      for (const { target, kind } of node.unit.links) node.edges.push(this.#follow(target, kind, mayLoadSync))
      return node
    } catch (error) {
      for (const added of [...this.#nodes.keys()].slice(sizeBefore)) this.#nodes.delete(added)
      throw error
    }
  }

  #follow(target: Resolution, kind: ImportKind, mayLoadSync: boolean): GraphNode | undefined {
    if (target.kind !== 'instrument') return undefined
    if (kind === 'import') return this.#visit(target.file, mayLoadSync)
    try {
      return this.#visit(target.file, mayLoadSync)
    } catch (error) {
      // A require or an import() may stand in a branch that is never taken. If it is taken, it fails then.
      if (error instanceof LoadError) return undefined
      throw error
    }
  }

  #makeNode(source: SourceFile, mayLoadSync: boolean): GraphNode {
    const { file, text, mapText = '', mapUrl } = source
    const options = this.#compilerOptions.of(file)
    const key = hash(this.#engine, file, text, mapText, mapUrl, JSON.stringify(options), packageScope(file)?.type ?? '')
    const content = { source, options, key }
    this.#sources.set(file, content)
    const unit = this.#unitOf(content, false, mayLoadSync)
    const id = hash(key, JSON.stringify(unit.links))
    return { file, sha256: sha256(text), unit, id, edges: [], closure: '', name: '', cachedFile: '' }
  }

  #unitOf({ source, options, key: content }: Content, inCircle: boolean, mayLoadSync: boolean): Unit {
    const { file } = source
    // Which packages are named only matters to a file that imports one, so it is no part of the file's identity.
    const key = hash(content, this.#packages, inCircle ? 'in a circle' : '')
    const name = readableName(file)
    let unit = this.#cache.readUnit(name, key) as Unit | undefined
    if (unit === undefined || !this.#isFresh(unit, file)) {
      if (!compilersLoaded(this.#transform) && !mayLoadSync) throw COMPILER_NEEDED
      unit = makeUnit(source, stripTypes(source, options), this.#transform, (specifier, kind) => this.resolve(specifier, file, kind), inCircle)
      this.#cache.writeUnit(name, key, unit)
    }
    return unit
  }

  #isFresh(unit: Unit, file: string): boolean {
    return unit.links.every(({ specifier, kind, target }) => sameTarget(this.resolve(specifier, file, kind), target))
  }
}

function sameTarget(a: Resolution, b: Resolution): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function readUserSource(file: string): SourceFile {
  try {
    return readSource(file)
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${(cause as Error).message}`
    throw new LoadError({ failure: 'resolve', file, reason, cause })
  }
}

/** The components of what has no name yet, each after those it reaches. */
function unlinked(root: GraphNode): GraphNode[][] {
  return components([root], ({ edges }) => edges.filter((edge) => edge?.name === '') as GraphNode[])
}

/** The ES modules of a component that import each other in a circle, so that one may be called before it is evaluated. */
function inCircles(component: readonly GraphNode[]): GraphNode[] {
  const imported = ({ unit, edges }: GraphNode): GraphNode[] =>
    edges.filter((edge, link) => edge !== undefined && unit.links[link]?.kind === 'import' && component.includes(edge)) as GraphNode[]
  const circles = component.length > 1 ? components(component, imported).filter(({ length }) => length > 1) : []
  return circles.flat().filter(({ unit }) => unit.format === 'module')
}

function linkedCode({ name, file, edges, unit: { code } }: GraphNode): string {
  // A require that cannot be prepared leaves its token: nothing lies there, and nothing is meant to.
  const linked = fillTokens(code, (link) => (link === HEADER_LINK ? name : edges[link]?.name))
  return `${linked}\n// ${file}\n//# sourceMappingURL=${encodeURIComponent(name)}.map\n`
}

/**
 * The Debian package: the program with its packages and its own Node, a unit of systemd, and a configuration.
 */
import { chmodSync, cpSync, globSync, lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { settingsFile } from '../settings-doc.ts';
import { type Arch, archOf, nodeFor, nodeVersion } from './node-binary.ts';
import { addPackages, buildProgram, settle } from './program.ts';
import { ARTIFACTS, described, emptyFolder, ROOT, run, sourceDate, VERSION } from './run.ts';
import { billOfMaterials } from './sbom.ts';

const MAINTAINER = 'alphaess-local <maintainers@alphaess-local.invalid>';
const DEBIAN = path.join(ROOT, 'packaging/debian');
const SCRIPTS = ['postinst', 'prerm', 'postrm'];
/** What the package sets other than the program does without: a server that others see, closed until a password is set. */
const SETTINGS = `# The configuration of alphaess-local. After a change: sudo systemctl restart alphaess-local
data: /var/lib/alphaess-local
web:
  listen: 0.0.0.0:7780
  setup: true   # the first password is set on the page, with the code that journalctl -u alphaess-local shows

# Every setting with what it is where nothing is said:
`;

/** @param given the processor; null for this machine's. @returns a line for each file that was made */
export function packageDeb(given: string | null): string[] {
  const arch = archOf(given);
  const root = emptyFolder(`deb-${arch}`);
  const program = path.join(root, 'usr/lib/alphaess-local');
  mkdirSync(program, { recursive: true });
  buildProgram(program);
  addPackages(program);
  const node = nodeFor(arch);
  cpSync(node.program, path.join(program, 'bin/node'));
  document(root, program, node.licence);
  place(root, 'usr/lib/systemd/system/alphaess-local.service', read('alphaess-local.service'));
  place(root, 'usr/bin/alphaess-local', read('alphaess-local.sh'));
  place(
    root,
    'etc/alphaess-local/alphaess-local.yaml',
    SETTINGS + settingsFile().replace(/^/gm, '# ').replace(/# $/, ''),
  );
  control(root, arch);
  setModes(root);
  settle(root);
  const file = path.join(ARTIFACTS, `alphaess-local_${VERSION}_${arch}.deb`);
  // A fourth larger than with xz, and built in a 25th of the time. One thread: more of them pack otherwise.
  run('dpkg-deb', ['--root-owner-group', '-Zzstd', '-z9', '--threads-max=1', '--build', root, file]);
  return [described(file)];
}

/** What Debian wants to be told, and where its users look for documents. */
function document(root: string, program: string, nodeLicence: string): void {
  const docs = path.join(root, 'usr/share/doc/alphaess-local');
  mkdirSync(docs, { recursive: true });
  cpSync(path.join(program, 'docs'), docs, { recursive: true });
  cpSync(path.join(program, 'README.md'), path.join(docs, 'README.md'));
  const licence = readFileSync(path.join(ROOT, 'LICENSE'), 'utf8');
  const others = readFileSync(path.join(program, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  writeFileSync(
    path.join(docs, 'copyright'),
    `${licence}\n${others}\nNode.js ${nodeVersion}\n\n${readFileSync(nodeLicence, 'utf8')}`,
  );
  const day = new Date(sourceDate() * 1000).toUTCString().replace('GMT', '+0000');
  const entry = `alphaess-local (${VERSION}) stable; urgency=medium\n\n  * Version ${VERSION}.\n\n -- ${MAINTAINER}  ${day}\n`;
  writeFileSync(path.join(docs, 'changelog.gz'), gzipSync(entry, { level: 9 }));
  const component = {
    type: 'application',
    name: 'node',
    version: nodeVersion,
    purl: `pkg:generic/node@${nodeVersion}`,
  };
  writeFileSync(path.join(docs, 'sbom.cdx.json'), billOfMaterials(program, [component]));
}

function control(root: string, arch: Arch): void {
  const kilobytes = globSync('**', { cwd: root }).reduce((sum, name) => {
    const { size, isFile } = { ...lstatSync(path.join(root, name)), isFile: statSync(path.join(root, name)).isFile() };
    return sum + (isFile ? Math.ceil(size / 1024) : 1);
  }, 0);
  const fields = [
    'Package: alphaess-local',
    `Version: ${VERSION}`,
    `Architecture: ${arch}`,
    `Maintainer: ${MAINTAINER}`,
    `Installed-Size: ${kilobytes}`,
    'Depends: adduser, debconf (>= 0.5) | debconf-2.0, init-system-helpers (>= 1.54), util-linux, libc6 (>= 2.28), libstdc++6 (>= 8)',
    'Recommends: systemd',
    'Section: net',
    'Priority: optional',
    'Description: server in your house that an AlphaESS home battery talks to',
    ' Such a battery sends its readings to the vendor, unencrypted. This server takes',
    ' them instead: it keeps every reading, shows it on a page, and hands it on to',
    ' Home Assistant, InfluxDB and Prometheus. Nothing leaves the house.',
    ' .',
    ' It brings its own Node.js along.',
  ];
  place(root, 'DEBIAN/control', `${fields.join('\n')}\n`);
  place(root, 'DEBIAN/conffiles', '/etc/alphaess-local/alphaess-local.yaml\n');
  place(root, 'DEBIAN/templates', read('templates'));
  for (const name of SCRIPTS) place(root, `DEBIAN/${name}`, read(name));
}

function read(name: string): string {
  return readFileSync(path.join(DEBIAN, name), 'utf8');
}

function place(root: string, name: string, text: string): void {
  mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
}

/** Whatever the umask of who builds it. */
function setModes(root: string): void {
  const programs = /^(?:DEBIAN\/(?:postinst|prerm|postrm)|usr\/bin\/.*|usr\/lib\/alphaess-local\/bin\/.*)$/;
  chmodSync(root, 0o755);
  for (const name of globSync('**', { cwd: root })) {
    const place = path.join(root, name);
    chmodSync(place, statSync(place).isDirectory() || programs.test(name) ? 0o755 : 0o644);
  }
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  ExtractorMessageCategory,
} from '@microsoft/api-extractor';
import { type EntryPoint, entryPoints } from '../../workspace/entry-point.ts';
import type { WorkspacePackage } from '../../workspace/workspace-package.ts';

export interface SurfaceReport {
  readonly entry: EntryPoint;
  /** Where the agreed surface of the entry is kept. */
  readonly file: string;
  /** Everything the entry shows to users now, in alphabetical order, read from the built declarations. */
  readonly text: string;
}

/** The surface of every entry of a package. Its declarations are read by one compiler, which is what takes the time. */
export function surfaceReports(owner: WorkspacePackage): readonly SurfaceReport[] {
  const folder = mkdtempSync(join(tmpdir(), 'scijob-surface-'));
  try {
    const entries = entryPoints(owner);
    const configs = entries.map((entry) => extractorConfig(entry, folder));
    const [first] = configs;
    if (!first) return [];
    const compilerState = CompilerState.create(first, {
      additionalEntryPoints: entries.map(({ declarations }) => declarations),
    });
    return entries.map((entry, index) => {
      extract(configs[index] ?? first, compilerState);
      const report = `${entry.name}.api.md`;
      return { entry, file: join(owner.folder, 'surface', report), text: readFileSync(join(folder, report), 'utf8') };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function extract(config: ExtractorConfig, compilerState: CompilerState): void {
  const problems: string[] = [];
  const { succeeded } = Extractor.invoke(config, {
    compilerState,
    localBuild: true,
    messageCallback(message) {
      // The console category only tells of the report file itself.
      const isProblem = message.logLevel === ExtractorLogLevel.Error || message.logLevel === ExtractorLogLevel.Warning;
      if (isProblem && message.category !== ExtractorMessageCategory.Console)
        problems.push(message.formatMessageWithLocation(config.projectFolder));
      message.handled = true;
    },
  });
  if (!succeeded || problems.length > 0) throw new Error(`${config.mainEntryPointFilePath}: ${problems.join('\n')}`);
}

function extractorConfig({ package: { folder: projectFolder }, name, declarations }: EntryPoint, folder: string) {
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(projectFolder, 'package.json'),
    configObject: {
      projectFolder,
      mainEntryPointFilePath: declarations,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2023',
            lib: ['es2024', 'esnext.disposable'],
            module: 'nodenext',
            moduleResolution: 'nodenext',
            strict: true,
            skipLibCheck: true,
            types: ['node'],
          },
          files: [declarations],
        },
      },
      newlineKind: 'lf',
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: folder,
        reportTempFolder: join(folder, 'temp'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Warning } },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Warning },
          // A type that the surface uses and does not export is a fact of the surface: it belongs into the report.
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
          'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
          'ae-undocumented': { logLevel: ExtractorLogLevel.None },
          'ae-unresolved-link': { logLevel: ExtractorLogLevel.None },
        },
        // How a comment is written is for the linter and the reader.
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
}

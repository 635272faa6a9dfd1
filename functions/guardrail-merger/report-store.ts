import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { compliance } from "../../shared/compliance.ts";
import { renderPage } from "./page.ts";
import type { Report, WorkloadCheck } from "./report.ts";

const PAGE = "guardrails.html";
const DATA = "compliance.json";

const checked = z.object({
  commitId: z.string(),
  workloads: z.array(
    z.object({
      workload: z.string(),
      owner: z.string(),
      compliance: compliance.exactOptional(),
      couldNotCheck: z.string().exactOptional(),
    }),
  ),
});

/** The key of the page in a folder. */
export const pageKey = (folder: string): string => `${folder}/${PAGE}`;

/** The folder of a run: in order of time, and one for each. */
export const folderOf = (at: string, executionId: string): string => `${at.replaceAll(":", "-")}-${executionId}`;

export type ReportStore = ReturnType<typeof createReportStore>;

/** Keeps the pages of runs, and what each run said. */
export function createReportStore({ s3, bucket }: { s3: S3Client; bucket: string }) {
  const put = (Key: string, Body: string, ContentType: string, abortSignal: AbortSignal) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType }), { abortSignal });

  /** Writes the page, and `compliance.json` of the whole run. */
  async function write(folder: string, report: Report, abortSignal: AbortSignal): Promise<void> {
    const { active: _active, trend: _trend, ...run } = report;
    await put(`${folder}/${DATA}`, JSON.stringify(run), "application/json", abortSignal);
    await put(pageKey(folder), renderPage(report), "text/html; charset=utf-8", abortSignal);
  }

  /** What a run said; undefined where its file is gone or of an older form: the bucket keeps files for some time only. */
  async function read(
    folder: string,
    abortSignal: AbortSignal,
  ): Promise<{ commitId: string; workloads: WorkloadCheck[] } | undefined> {
    try {
      const command = new GetObjectCommand({ Bucket: bucket, Key: `${folder}/${DATA}` });
      const { Body } = await s3.send(command, { abortSignal });
      return checked.safeParse(JSON.parse((await Body?.transformToString()) ?? "")).data;
    } catch (error) {
      // Without the right to list the bucket, S3 denies what is missing.
      if (error instanceof Error && ["NoSuchKey", "AccessDenied"].includes(error.name)) return undefined;
      throw error;
    }
  }

  return { write, read };
}

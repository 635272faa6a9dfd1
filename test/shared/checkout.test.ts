import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkOut } from "../../shared/checkout.ts";
import { createMask } from "../../shared/masked-text.ts";
import { createRunner } from "../../shared/run-program.ts";

const PASSWORD = "made-up-password-of-a-session";
const ROLE = { roleArn: "arn:aws:iam::222233334444:role/palisade-pull-billing", externalId: "guardrails-billing" };
const temporary = mkdtempSync(join(tmpdir(), "palisade checkout-"));
const repository = join(temporary, "served", "billing");
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=Mary", "-c", "user.email=mary@example.com", ...args], {
    cwd: repository,
    encoding: "utf8",
  }).trim();
const commit = (message: string) => {
  git("commit", "--quiet", "--allow-empty", `--message=${message}`);
  return git("rev-parse", "HEAD");
};

/** Serves the repository to whoever has the password, as CodeCommit does. */
const server = createServer((request, response) => {
  const { pathname, search } = new URL(request.url ?? "", "http://localhost");
  const wanted = `Basic ${Buffer.from(`session:${PASSWORD}`).toString("base64")}`;
  if (request.headers.authorization !== wanted) {
    response.writeHead(401, { "WWW-Authenticate": 'Basic realm="made-up"' }).end();
    return;
  }
  const backend = spawn("git", ["http-backend"], {
    env: {
      ...{ PATH: process.env.PATH, GIT_PROJECT_ROOT: join(temporary, "served"), GIT_HTTP_EXPORT_ALL: "1" },
      ...{ PATH_INFO: pathname, QUERY_STRING: search.slice(1), REQUEST_METHOD: request.method },
      ...{ CONTENT_TYPE: request.headers["content-type"] ?? "", REMOTE_USER: "session" },
      ...(request.headers["git-protocol"] && { GIT_PROTOCOL: String(request.headers["git-protocol"]) }),
      ...(request.headers["content-encoding"] && {
        HTTP_CONTENT_ENCODING: String(request.headers["content-encoding"]),
      }),
    },
  });
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on("data", (chunk) => chunks.push(chunk));
  backend.on("close", () => {
    const answer = Buffer.concat(chunks);
    const end = answer.indexOf("\r\n\r\n");
    const headers = answer.subarray(0, end).toString().split("\r\n");
    const status = headers.find((line) => line.startsWith("Status:"))?.slice(8, 11) ?? "200";
    response.writeHead(
      Number(status),
      headers.filter((line) => !line.startsWith("Status:")).flatMap((line) => line.split(": ", 2)),
    );
    response.end(answer.subarray(end + 4));
  });
});

let url: string;
let first: string;
let head: string;
let aside: string;

beforeAll(async () => {
  mkdirSync(repository, { recursive: true });
  git("init", "--quiet", "--initial-branch=main");
  first = commit("first");
  head = commit("second");
  git("checkout", "--quiet", "-b", "other");
  aside = commit("aside");
  git("checkout", "--quiet", "main");
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/billing`;
  // What CodeBuild and the image configure: another helper, with a password that the server refuses.
  writeFileSync(
    join(temporary, "gitconfig"),
    `[credential]\n\thelper = "!printf 'username=build\\npassword=of-the-build\\n' #"\n\tUseHttpPath = true\n`,
  );
  // The AWS CLI, which says how it was called, and gives the password only for the role.
  mkdirSync(join(temporary, "bin"));
  writeFileSync(
    join(temporary, "bin", "aws"),
    `#!/bin/sh
echo "$* $AWS_CONFIG_FILE" >> '${join(temporary, "calls")}'
[ "$5" = get ] || exit 0
grep -q "^role_arn = ${ROLE.roleArn}$" "$AWS_CONFIG_FILE" || exit 1
printf 'username=session\\npassword=${PASSWORD}\\n'
`,
    { mode: 0o755 },
  );
});
afterAll(() => {
  server.close();
  rmSync(temporary, { recursive: true });
});

let checkouts = 0;
const checkOutHere = (more: { commitId?: string; tag?: string }, from: Parameters<typeof checkOut>[1]) => {
  checkouts += 1;
  const shown: string[] = [];
  const environment = {
    PATH: `${join(temporary, "bin")}:${process.env.PATH}`,
    ...{ HOME: temporary, GIT_CONFIG_GLOBAL: join(temporary, "gitconfig"), GIT_CONFIG_NOSYSTEM: "1" },
  };
  const { run } = createRunner(environment, createMask(), (line) => shown.push(line));
  const folder = join(temporary, `checkout-${checkouts}`);
  return { folder, shown, done: checkOut({ run, folder, ...more }, from) };
};

it("A repository of another account is cloned as a session of its role, by the AWS CLI, whatever helper is configured.", async () => {
  const { done, folder, shown } = checkOutHere({}, { url, branch: "main", role: ROLE });
  const checkout = await done;
  expect(checkout).toMatchObject({ commitId: head, folder });
  expect(execFileSync("git", ["rev-parse", "HEAD"], { cwd: folder, encoding: "utf8" }).trim()).toBe(head);
  expect(readFileSync(join(temporary, "calls"), "utf8").split("\n")[0]).toBe(
    `--profile pull codecommit credential-helper get ${folder}-aws-config`,
  );
  expect(readFileSync(`${folder}-aws-config`, "utf8")).toBe(
    `[profile pull]
role_arn = ${ROLE.roleArn}
credential_source = EcsContainer
external_id = ${ROLE.externalId}
role_session_name = ${folder.split("/").at(-1)}
`,
  );
  const written = [readFileSync(join(folder, ".git", "config"), "utf8"), ...shown].join("\n");
  expect(written).not.toContain(PASSWORD);
  expect(existsSync(`${folder}-no-credentials`)).toBe(false);
});

it("Without a role the build's own helper is asked, and a repository that it may not read is a fault with git's reason.", async () => {
  const { done } = checkOutHere({}, { url, branch: "main" });
  await expect(done).rejects.toThrow(/^The repository could not be read: .*Authentication failed/s);
});

it("A branch that is not there is a fault, and no other branch is taken.", async () => {
  const { done } = checkOutHere({}, { url: repository, branch: "gone" });
  await expect(done).rejects.toThrow("The repository could not be read");
});

it("A commit without a tag has to be on the branch, and an older one is taken exactly.", async () => {
  const older = await checkOutHere({ commitId: first }, { url: repository, branch: "main" }).done;
  expect(older.commitId).toBe(first);
  expect(execFileSync("git", ["rev-parse", "HEAD"], { cwd: older.folder, encoding: "utf8" }).trim()).toBe(first);
  const refused = checkOutHere({ commitId: aside }, { url: repository, branch: "main" }).done;
  await expect(refused).rejects.toMatchObject({
    name: "Refusal",
    message: `Commit ${aside} is not on the branch main.`,
    steps: ["Merge it into main."],
  });
});

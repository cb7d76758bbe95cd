import { copyFile, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type Docker from "dockerode";
import { execa } from "execa";
import { requireTraefik } from "../../../src/setup/traefik.ts";

/** The example service, by a tag; the second tag is the same image, and so another container. */
export const SERVICE_IMAGE = "sluice-test/service:1";
export const SECOND_SERVICE_IMAGE = "sluice-test/service:2";
export const TRAEFIK_IMAGE = "traefik:v3.7.13";

/** Makes the images of the tests on the spot: no registry can be reached everywhere. */
export async function importImages(docker: Docker): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-images-"));
  try {
    const bin = join(folder, "service", "bin");
    await mkdir(bin, { recursive: true });
    await execa("go", ["build", "-trimpath", "-ldflags", "-s -w", "-o", join(bin, "service"), "."], {
      cwd: fileURLToPath(new URL("service", import.meta.url)),
      env: { CGO_ENABLED: "0" },
    });
    await symlink("service", join(bin, "wget"));
    await importFolder(docker, join(folder, "service"), SERVICE_IMAGE);
    await docker.getImage(SERVICE_IMAGE).tag({ repo: "sluice-test/service", tag: "2" });
    const traefik = join(folder, "traefik", "usr", "local", "bin");
    await mkdir(traefik, { recursive: true });
    await copyFile(await requireTraefik(), join(traefik, "traefik"));
    await importFolder(docker, join(folder, "traefik"), TRAEFIK_IMAGE);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function importFolder(docker: Docker, folder: string, image: string): Promise<void> {
  const archive = `${folder}.tar`;
  await execa("tar", ["--owner=0", "--group=0", "-cf", archive, "-C", folder, "."]);
  const [repo = "", tag = ""] = image.split(":");
  const answer = await docker.importImage(archive, { repo, tag });
  await new Promise((resolve, reject) => {
    docker.modem.followProgress(answer, (error) => (error === null ? resolve(null) : reject(error)));
  });
}

import { mkdtemp, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** Certificates for an engine on loopback and for who speaks to it, by one authority. @returns the folders of both */
export async function makeCertificates(): Promise<{ readonly root: string; readonly engine: string; readonly client: string }> {
  const root = await mkdtemp(join(tmpdir(), "sluice-certificates-"));
  const openssl = (...args: readonly string[]) => execa("openssl", args, { cwd: root });
  await openssl(
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-keyout",
    "ca-key.pem",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=authority",
    "-days",
    "2",
  );
  const issue = async (folder: string, extension: string): Promise<string> => {
    const path = join(root, folder);
    await execa("mkdir", [path]);
    await execa("cp", [join(root, "ca.pem"), path]);
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", `${folder}/key.pem`];
    await openssl("req", ...key, "-out", "request.pem", "-subj", `/CN=${folder}`, "-addext", extension);
    await openssl(
      "x509",
      "-req",
      "-in",
      "request.pem",
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca-key.pem",
      "-CAcreateserial",
      "-out",
      "made.pem",
      "-days",
      "2",
      "-copy_extensions",
      "copy",
    );
    await rename(join(root, "made.pem"), join(path, "cert.pem"));
    return path;
  };
  return { root, engine: await issue("engine", "subjectAltName=IP:127.0.0.1"), client: await issue("client", "extendedKeyUsage=clientAuth") };
}

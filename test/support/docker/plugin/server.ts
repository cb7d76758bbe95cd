import { Metadata, Server, ServerCredentials, type ServerUnaryCall, type ServiceError, type sendUnaryData, status } from "@grpc/grpc-js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import anyMessages from "google-protobuf/google/protobuf/any_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import { z } from "zod";

const json = z.record(z.string(), z.json());

type Values = Readonly<Record<string, unknown>>;

/** A resource that was made but is not as it should be: it stays in the state, with the reason. */
export class HalfMade extends Error {
  readonly id: string;
  readonly outputs: Values;

  constructor(id: string, outputs: Values, reason: string) {
    super(reason);
    this.id = id;
    this.outputs = outputs;
  }
}

/** What a plugin does. `type` is a resource's type, such as `docker:index/container:Container`. */
export interface Plugin {
  readonly version: string;
  /** What is wrong with the provider's own arguments. */
  checkConfig(args: Values): string[];
  configure(args: Values): void;
  check(type: string, inputs: Values): string[];
  diff(
    type: string,
    before: Values,
    after: Values,
  ): { readonly changed: readonly string[]; readonly replaces: readonly string[]; readonly deleteBeforeReplace: boolean };
  create(type: string, inputs: Values): Promise<{ readonly id: string; readonly outputs: Values }>;
  /** Null where it is gone. */
  read(type: string, id: string, inputs: Values, outputs: Values): Promise<{ readonly inputs: Values; readonly outputs: Values } | null>;
  update(type: string, id: string, inputs: Values, outputs: Values): Promise<Values>;
  delete(type: string, id: string, outputs: Values): Promise<void>;
}

/** Serves a plugin to the engine as it asks for it: on a port that is said on standard output. The SDK's own server does not tell a plugin its config. */
export async function serve(plugin: Plugin): Promise<void> {
  const server = new Server();
  server.addService(service.ResourceProviderService, handlersOf(plugin));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  process.stdout.write(`${port}\n`);
}

function handlersOf(plugin: Plugin) {
  return {
    attach: answer<unknown, unknown>(async () => new emptyMessages.Empty()),
    cancel: answer<unknown, unknown>(async () => new emptyMessages.Empty()),
    getPluginInfo: answer<unknown, unknown>(async () => {
      const info = new pluginMessages.PluginInfo();
      info.setVersion(plugin.version);
      return info;
    }),
    getSchema: answer<unknown, unknown>(async () => new messages.GetSchemaResponse()),
    checkConfig: answer<InstanceType<typeof messages.CheckRequest>, unknown>(async (request) =>
      checked(valuesOf(request.getNews()), plugin.checkConfig(valuesOf(request.getNews()))),
    ),
    diffConfig: answer<unknown, unknown>(async () => new messages.DiffResponse()),
    configure: answer<InstanceType<typeof messages.ConfigureRequest>, unknown>(async (request) => {
      plugin.configure(valuesOf(request.getArgs()));
      return new messages.ConfigureResponse();
    }),
    check: answer<InstanceType<typeof messages.CheckRequest>, unknown>(async (request) => {
      const inputs = valuesOf(request.getNews());
      return checked(inputs, plugin.check(typeOf(request.getUrn()), inputs));
    }),
    diff: answer<InstanceType<typeof messages.DiffRequest>, unknown>(async (request) => {
      const found = plugin.diff(typeOf(request.getUrn()), valuesOf(request.getOldInputs()), valuesOf(request.getNews()));
      const response = new messages.DiffResponse();
      const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
      response.setChanges(found.changed.length > 0 ? DIFF_SOME : DIFF_NONE);
      response.setDiffsList([...found.changed]);
      response.setReplacesList([...found.replaces]);
      response.setDeletebeforereplace(found.deleteBeforeReplace);
      return response;
    }),
    create: answer<InstanceType<typeof messages.CreateRequest>, unknown>(async (request) => {
      const { id, outputs } = await plugin.create(typeOf(request.getUrn()), valuesOf(request.getProperties()));
      const response = new messages.CreateResponse();
      response.setId(id);
      response.setProperties(structOf(outputs));
      return response;
    }),
    read: answer<InstanceType<typeof messages.ReadRequest>, unknown>(async (request) => {
      const found = await plugin.read(typeOf(request.getUrn()), request.getId(), valuesOf(request.getInputs()), valuesOf(request.getProperties()));
      const response = new messages.ReadResponse();
      if (found === null) return response;
      response.setId(request.getId());
      response.setInputs(structOf(found.inputs));
      response.setProperties(structOf(found.outputs));
      return response;
    }),
    update: answer<InstanceType<typeof messages.UpdateRequest>, unknown>(async (request) => {
      const outputs = await plugin.update(typeOf(request.getUrn()), request.getId(), valuesOf(request.getNews()), valuesOf(request.getOlds()));
      const response = new messages.UpdateResponse();
      response.setProperties(structOf(outputs));
      return response;
    }),
    delete: answer<InstanceType<typeof messages.DeleteRequest>, unknown>(async (request) => {
      await plugin.delete(typeOf(request.getUrn()), request.getId(), valuesOf(request.getProperties()));
      return new emptyMessages.Empty();
    }),
  };
}

function answer<Request, Response>(task: (request: Request) => Promise<Response>) {
  return (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>): void => {
    task(call.request).then(
      (response) => done(null, response),
      (error: unknown) => done(toServiceError(error)),
    );
  };
}

function checked(inputs: Values, faults: readonly string[]) {
  const response = new messages.CheckResponse();
  response.setInputs(structOf(inputs));
  response.setFailuresList(
    faults.map((reason) => {
      const failure = new messages.CheckFailure();
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

function toServiceError(error: unknown): ServiceError {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new Metadata();
  if (error instanceof HalfMade) {
    const detail = new messages.ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(structOf(error.outputs));
    detail.setReasonsList([message]);
    const packed = new anyMessages.Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const whole = new statusMessages.Status();
    whole.setCode(status.UNKNOWN);
    whole.setMessage(message);
    whole.addDetails(packed);
    metadata.set("grpc-status-details-bin", Buffer.from(whole.serializeBinary()));
  }
  return Object.assign(new Error(message), { code: status.UNKNOWN, details: message, metadata });
}

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function valuesOf(struct: InstanceType<typeof structMessages.Struct> | undefined): Values {
  return struct === undefined ? {} : Object.fromEntries(Object.entries(struct.toJavaScript()).map(([key, value]) => [key, unwrapped(value)]));
}

/** How the engine marks a secret value; fixed by Pulumi's wire format. The engine itself remembers which are secret. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET_MARK in value && "value" in value) return unwrapped(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrapped(inner)]));
}

function structOf(values: Values) {
  return structMessages.Struct.fromJavaScript(json.parse(JSON.parse(JSON.stringify(values))));
}

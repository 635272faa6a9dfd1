// A build of CodeBuild has the credentials of its role from the container endpoint and from nowhere else. The build puts this
// module in the place of the SDK's default chain, so that no key in the environment and no profile is ever used.
export { fromHttp as defaultProvider } from "@aws-sdk/credential-provider-http";

// Original file: tandem/v1/node.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ApplyDocumentRequest as _tandem_v1_ApplyDocumentRequest, ApplyDocumentRequest__Output as _tandem_v1_ApplyDocumentRequest__Output } from '../../tandem/v1/ApplyDocumentRequest.ts';
import type { ApplyDocumentResponse as _tandem_v1_ApplyDocumentResponse, ApplyDocumentResponse__Output as _tandem_v1_ApplyDocumentResponse__Output } from '../../tandem/v1/ApplyDocumentResponse.ts';
import type { ConnectionBatch as _tandem_v1_ConnectionBatch, ConnectionBatch__Output as _tandem_v1_ConnectionBatch__Output } from '../../tandem/v1/ConnectionBatch.ts';
import type { Document as _tandem_v1_Document, Document__Output as _tandem_v1_Document__Output } from '../../tandem/v1/Document.ts';
import type { DrainDestinationRequest as _tandem_v1_DrainDestinationRequest, DrainDestinationRequest__Output as _tandem_v1_DrainDestinationRequest__Output } from '../../tandem/v1/DrainDestinationRequest.ts';
import type { DrainDestinationResponse as _tandem_v1_DrainDestinationResponse, DrainDestinationResponse__Output as _tandem_v1_DrainDestinationResponse__Output } from '../../tandem/v1/DrainDestinationResponse.ts';
import type { ExplainRequest as _tandem_v1_ExplainRequest, ExplainRequest__Output as _tandem_v1_ExplainRequest__Output } from '../../tandem/v1/ExplainRequest.ts';
import type { Explanation as _tandem_v1_Explanation, Explanation__Output as _tandem_v1_Explanation__Output } from '../../tandem/v1/Explanation.ts';
import type { GetDocumentRequest as _tandem_v1_GetDocumentRequest, GetDocumentRequest__Output as _tandem_v1_GetDocumentRequest__Output } from '../../tandem/v1/GetDocumentRequest.ts';
import type { GetStatusRequest as _tandem_v1_GetStatusRequest, GetStatusRequest__Output as _tandem_v1_GetStatusRequest__Output } from '../../tandem/v1/GetStatusRequest.ts';
import type { ListConnectionsRequest as _tandem_v1_ListConnectionsRequest, ListConnectionsRequest__Output as _tandem_v1_ListConnectionsRequest__Output } from '../../tandem/v1/ListConnectionsRequest.ts';
import type { ListServicesRequest as _tandem_v1_ListServicesRequest, ListServicesRequest__Output as _tandem_v1_ListServicesRequest__Output } from '../../tandem/v1/ListServicesRequest.ts';
import type { ListServicesResponse as _tandem_v1_ListServicesResponse, ListServicesResponse__Output as _tandem_v1_ListServicesResponse__Output } from '../../tandem/v1/ListServicesResponse.ts';
import type { NodeStatus as _tandem_v1_NodeStatus, NodeStatus__Output as _tandem_v1_NodeStatus__Output } from '../../tandem/v1/NodeStatus.ts';
import type { SwitchOverRequest as _tandem_v1_SwitchOverRequest, SwitchOverRequest__Output as _tandem_v1_SwitchOverRequest__Output } from '../../tandem/v1/SwitchOverRequest.ts';
import type { SwitchOverResponse as _tandem_v1_SwitchOverResponse, SwitchOverResponse__Output as _tandem_v1_SwitchOverResponse__Output } from '../../tandem/v1/SwitchOverResponse.ts';

export interface NodeClient extends grpc.Client {
  /**
   * Replace the document, whole. An equal one changes nothing and keeps its revision.
   */
  ApplyDocument(argument: _tandem_v1_ApplyDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  ApplyDocument(argument: _tandem_v1_ApplyDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  ApplyDocument(argument: _tandem_v1_ApplyDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  ApplyDocument(argument: _tandem_v1_ApplyDocumentRequest, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Replace the document, whole. An equal one changes nothing and keeps its revision.
   */
  applyDocument(argument: _tandem_v1_ApplyDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  applyDocument(argument: _tandem_v1_ApplyDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  applyDocument(argument: _tandem_v1_ApplyDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  applyDocument(argument: _tandem_v1_ApplyDocumentRequest, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Quiesce a destination, or undo that. Established connections go on.
   */
  DrainDestination(argument: _tandem_v1_DrainDestinationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  DrainDestination(argument: _tandem_v1_DrainDestinationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  DrainDestination(argument: _tandem_v1_DrainDestinationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  DrainDestination(argument: _tandem_v1_DrainDestinationRequest, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Quiesce a destination, or undo that. Established connections go on.
   */
  drainDestination(argument: _tandem_v1_DrainDestinationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  drainDestination(argument: _tandem_v1_DrainDestinationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  drainDestination(argument: _tandem_v1_DrainDestinationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  drainDestination(argument: _tandem_v1_DrainDestinationRequest, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Why a packet goes where it goes: decides about it as the node would, and changes nothing.
   */
  Explain(argument: _tandem_v1_ExplainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  Explain(argument: _tandem_v1_ExplainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  Explain(argument: _tandem_v1_ExplainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  Explain(argument: _tandem_v1_ExplainRequest, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  /**
   * Why a packet goes where it goes: decides about it as the node would, and changes nothing.
   */
  explain(argument: _tandem_v1_ExplainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  explain(argument: _tandem_v1_ExplainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  explain(argument: _tandem_v1_ExplainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  explain(argument: _tandem_v1_ExplainRequest, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  
  /**
   * The document that this node runs.
   */
  GetDocument(argument: _tandem_v1_GetDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  GetDocument(argument: _tandem_v1_GetDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  GetDocument(argument: _tandem_v1_GetDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  GetDocument(argument: _tandem_v1_GetDocumentRequest, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  /**
   * The document that this node runs.
   */
  getDocument(argument: _tandem_v1_GetDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  getDocument(argument: _tandem_v1_GetDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  getDocument(argument: _tandem_v1_GetDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  getDocument(argument: _tandem_v1_GetDocumentRequest, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  
  /**
   * How this node and its peers are.
   */
  GetStatus(argument: _tandem_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _tandem_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _tandem_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _tandem_v1_GetStatusRequest, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  /**
   * How this node and its peers are.
   */
  getStatus(argument: _tandem_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _tandem_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _tandem_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _tandem_v1_GetStatusRequest, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  
  /**
   * The connections in this node's table, in batches of at most 256.
   */
  ListConnections(argument: _tandem_v1_ListConnectionsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_ConnectionBatch__Output>;
  ListConnections(argument: _tandem_v1_ListConnectionsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_ConnectionBatch__Output>;
  /**
   * The connections in this node's table, in batches of at most 256.
   */
  listConnections(argument: _tandem_v1_ListConnectionsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_ConnectionBatch__Output>;
  listConnections(argument: _tandem_v1_ListConnectionsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_ConnectionBatch__Output>;
  
  /**
   * The virtual services that run, with their destinations, in document order.
   */
  ListServices(argument: _tandem_v1_ListServicesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  ListServices(argument: _tandem_v1_ListServicesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  ListServices(argument: _tandem_v1_ListServicesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  ListServices(argument: _tandem_v1_ListServicesRequest, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The virtual services that run, with their destinations, in document order.
   */
  listServices(argument: _tandem_v1_ListServicesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  listServices(argument: _tandem_v1_ListServicesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  listServices(argument: _tandem_v1_ListServicesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  listServices(argument: _tandem_v1_ListServicesRequest, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Hand the active role to a peer.
   */
  SwitchOver(argument: _tandem_v1_SwitchOverRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  SwitchOver(argument: _tandem_v1_SwitchOverRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  SwitchOver(argument: _tandem_v1_SwitchOverRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  SwitchOver(argument: _tandem_v1_SwitchOverRequest, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Hand the active role to a peer.
   */
  switchOver(argument: _tandem_v1_SwitchOverRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  switchOver(argument: _tandem_v1_SwitchOverRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  switchOver(argument: _tandem_v1_SwitchOverRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  switchOver(argument: _tandem_v1_SwitchOverRequest, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface NodeHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Replace the document, whole. An equal one changes nothing and keeps its revision.
   */
  ApplyDocument: grpc.handleUnaryCall<_tandem_v1_ApplyDocumentRequest__Output, _tandem_v1_ApplyDocumentResponse>;
  
  /**
   * Quiesce a destination, or undo that. Established connections go on.
   */
  DrainDestination: grpc.handleUnaryCall<_tandem_v1_DrainDestinationRequest__Output, _tandem_v1_DrainDestinationResponse>;
  
  /**
   * Why a packet goes where it goes: decides about it as the node would, and changes nothing.
   */
  Explain: grpc.handleUnaryCall<_tandem_v1_ExplainRequest__Output, _tandem_v1_Explanation>;
  
  /**
   * The document that this node runs.
   */
  GetDocument: grpc.handleUnaryCall<_tandem_v1_GetDocumentRequest__Output, _tandem_v1_Document>;
  
  /**
   * How this node and its peers are.
   */
  GetStatus: grpc.handleUnaryCall<_tandem_v1_GetStatusRequest__Output, _tandem_v1_NodeStatus>;
  
  /**
   * The connections in this node's table, in batches of at most 256.
   */
  ListConnections: grpc.handleServerStreamingCall<_tandem_v1_ListConnectionsRequest__Output, _tandem_v1_ConnectionBatch>;
  
  /**
   * The virtual services that run, with their destinations, in document order.
   */
  ListServices: grpc.handleUnaryCall<_tandem_v1_ListServicesRequest__Output, _tandem_v1_ListServicesResponse>;
  
  /**
   * Hand the active role to a peer.
   */
  SwitchOver: grpc.handleUnaryCall<_tandem_v1_SwitchOverRequest__Output, _tandem_v1_SwitchOverResponse>;
  
}

export interface NodeDefinition extends grpc.ServiceDefinition {
  ApplyDocument: MethodDefinition<_tandem_v1_ApplyDocumentRequest, _tandem_v1_ApplyDocumentResponse, _tandem_v1_ApplyDocumentRequest__Output, _tandem_v1_ApplyDocumentResponse__Output>
  DrainDestination: MethodDefinition<_tandem_v1_DrainDestinationRequest, _tandem_v1_DrainDestinationResponse, _tandem_v1_DrainDestinationRequest__Output, _tandem_v1_DrainDestinationResponse__Output>
  Explain: MethodDefinition<_tandem_v1_ExplainRequest, _tandem_v1_Explanation, _tandem_v1_ExplainRequest__Output, _tandem_v1_Explanation__Output>
  GetDocument: MethodDefinition<_tandem_v1_GetDocumentRequest, _tandem_v1_Document, _tandem_v1_GetDocumentRequest__Output, _tandem_v1_Document__Output>
  GetStatus: MethodDefinition<_tandem_v1_GetStatusRequest, _tandem_v1_NodeStatus, _tandem_v1_GetStatusRequest__Output, _tandem_v1_NodeStatus__Output>
  ListConnections: MethodDefinition<_tandem_v1_ListConnectionsRequest, _tandem_v1_ConnectionBatch, _tandem_v1_ListConnectionsRequest__Output, _tandem_v1_ConnectionBatch__Output>
  ListServices: MethodDefinition<_tandem_v1_ListServicesRequest, _tandem_v1_ListServicesResponse, _tandem_v1_ListServicesRequest__Output, _tandem_v1_ListServicesResponse__Output>
  SwitchOver: MethodDefinition<_tandem_v1_SwitchOverRequest, _tandem_v1_SwitchOverResponse, _tandem_v1_SwitchOverRequest__Output, _tandem_v1_SwitchOverResponse__Output>
}

import type { Terminal } from '../output/terminal.ts';
import { billingStatementView } from './billing.ts';
import { campaignListView, campaignView, dashboardView } from './campaigns.ts';
import { creativeView, generationView, launchedView, qualityView } from './creative.ts';
import { debugTokenView, explanationView } from './delivery.ts';
import { deliveryHealthView } from './delivery-health.ts';
import { discrepancyView } from './discrepancy.ts';
import { answerView, rebuildView, verificationView } from './events.ts';
import { heatmapView } from './heatmap.ts';
import { lineItemListView, lineItemView } from './line-items.ts';
import { lossHistoryView } from './loss-history.ts';
import { placementListView, placementView } from './placements.ts';
import { reportView } from './report.ts';
import { statsView, statusView } from './status.ts';
import { supplyView } from './supply.ts';
import { timelineView } from './timeline.ts';
import { deploymentView, trafficView } from './trafficking.ts';
import { vastView } from './vast.ts';

type View = (output: never, terminal: Terminal) => string;

/** Answers that people read better in a form of their own. */
const views: Readonly<Record<string, View>> = {
  'creatives.getVastTag': vastView,
  'creatives.getQcReport': qualityView,
  'creatives.getCreative': creativeView,
  'creatives.changeApproval': creativeView,
  'creatives.uploadCreative': creativeView,
  'creatives.setVendors': creativeView,
  'studio.launchBrief': launchedView,
  'studio.generateCreative': generationView,
  'studio.getGenerationJob': generationView,
  'supply.analyseSupplyPaths': supplyView,
  'system.getStatus': statusView,
  'reporting.getCampaignStats': statsView,
  'reporting.getDashboard': dashboardView,
  'reporting.findDiscrepancies': discrepancyView,
  'reporting.getDeliveryReport': reportView,
  'reporting.getDeliveryHeatmap': heatmapView,
  'billing.getBillingStatement': billingStatementView,
  'campaigns.createCampaign': campaignView,
  'campaigns.getCampaign': campaignView,
  'campaigns.updateCampaign': campaignView,
  'campaigns.setCampaignStatus': campaignView,
  'campaigns.listCampaigns': campaignListView,
  'campaigns.listLineItems': lineItemListView,
  'campaigns.getLineItem': lineItemView,
  'campaigns.createLineItem': lineItemView,
  'campaigns.updateLineItem': lineItemView,
  'campaigns.setCreativeWeights': lineItemView,
  'campaigns.createFlight': lineItemView,
  'campaigns.updateFlight': lineItemView,
  'campaigns.deleteFlight': lineItemView,
  'inventory.listPlacements': placementListView,
  'inventory.getPlacement': placementView,
  'inventory.createPlacement': placementView,
  'inventory.updatePlacement': placementView,
  'delivery.explainDecision': explanationView,
  'delivery.previewDecision': explanationView,
  'delivery.createDebugToken': debugTokenView,
  'events.queryEvents': answerView,
  'events.verifyEvents': verificationView,
  'events.rebuildEvents': rebuildView,
  'delivery.getLossHistory': lossHistoryView,
  'events.getDecisionTimeline': timelineView,
  'events.getDeliveryHealth': deliveryHealthView,
  'trafficking.trafficCreative': trafficView,
  'trafficking.getDeployment': deploymentView,
};

/** Text of an answer in its own form; null when the plain form serves. */
export function viewOf(operationId: string, output: unknown, terminal: Terminal): string | null {
  return views[operationId]?.(output as never, terminal) ?? null;
}

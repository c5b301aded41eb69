namespace QuantMcu.Compiler.Diagnostics;

/// <summary>QMCU4xxx: budgets that a network does not fit.</summary>
public static class MemoryRules
{
    public static readonly DiagnosticRule RamBudget = new(
        "QMCU4001", "RAM budget exceeded",
        "The network needs an arena of {0} bytes, {1} more than Ram = {2}. At the peak, {3}, these are live: {4}."
        + " The smallest budget that works is Ram = {0}; a smaller input or fewer channels in these tensors lower it.");

    public static readonly DiagnosticRule FlashBudget = new(
        "QMCU4002", "Flash budget exceeded",
        "The network's weights need {0} bytes, {1} more than Flash = {2}. The largest layers: {3}."
        + " The smallest budget that works is Flash = {0}; a model with fewer channels lowers it.");

    public static readonly DiagnosticRule NoPatches = new(
        "QMCU4003", "Network cannot be cut into patches",
        "No feature map of '{0}' can be cut into {1} patches: its first layers do not all work on images, or their maps are smaller than the grid."
        + " Take a coarser grid, or leave Patches out.");

    public static readonly DiagnosticRule BudgetsCostAccuracy = new(
        "QMCU4004", "Budgets cost accuracy",
        "Within Ram and Flash, bit widths are expected to cost {0} points of accuracy beyond 8 bits; {1} are allowed. Give more memory, or allow"
        + " the loss by MaxDamage.", DiagnosticSeverity.Warning);
}

#include "shared/domain/chart.h"

namespace crane::domain {
namespace {

// What any company needs, and no more.
constexpr ChartAccount accounts[] = {
    {"1000", "Cash", "asset", "cash", "cash"},
    {"1010", "Bank", "asset", "bank", "bank"},
    {"1100", "Accounts Receivable", "asset", "receivable", "receivable"},
    {"1200", "Inventory", "asset", "inventory"},
    {"1300", "Tax Receivable", "asset", "tax", "tax_receivable"},
    {"1400", "Vendor Credit", "asset", "vendor_credit", "vendor_credit"},
    {"1500", "Fixed Assets", "asset", "fixed_asset"},
    {"1900", "Transfers in Transit", "asset", "transit", "transit"},
    {"2000", "Accounts Payable", "liability", "payable", "payable"},
    {"2100", "Tax Payable", "liability", "tax", "tax_payable"},
    {"2200", "Customer Credit", "liability", "customer_credit", "customer_credit"},
    {"3000", "Owner's Equity", "equity", "capital"},
    {"3100", "Retained Earnings", "equity", "retained_earnings", "retained_earnings"},
    {"3900", "Opening Balances", "equity", "opening_balances", "opening_balances"},
    {"4000", "Sales", "revenue", "sales", "sales"},
    {"4900", "Other Income", "revenue", "other_income"},
    {"5000", "Cost of Sales", "expense", "cost_of_sales", "cost_of_sales"},
    {"6000", "General Expenses", "expense", "operating"},
    {"6100", "Rent", "expense", "operating"},
    {"6200", "Salaries", "expense", "payroll"},
    {"6900", "Rounding", "expense", "rounding", "rounding"},
    {"7000", "Foreign Exchange Gain", "revenue", "fx_gain", "fx_gain"},
    {"7100", "Foreign Exchange Loss", "expense", "fx_loss", "fx_loss"},
};

}  // namespace

std::span<const ChartAccount> chart_standard() {
    return accounts;
}

}  // namespace crane::domain

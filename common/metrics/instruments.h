// Counter, Gauge and Histogram: the numbers a metric is made of.
//
// Threads:  all methods are safe from any thread and never block; a scrape sees each number whole, not all at one instant.
// Made by:  a Family in a Registry; they have no public life of their own in an exposition.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

namespace epi::metrics {

// Only grows.
class Counter {
 public:
  void Inc() { whole_.fetch_add(1, std::memory_order_relaxed); }
  void Add(uint64_t count) { whole_.fetch_add(count, std::memory_order_relaxed); }
  // For seconds and other fractions. REQUIRES: amount >= 0.
  void AddFraction(double amount) { fraction_.fetch_add(amount, std::memory_order_relaxed); }
  double Value() const {
    return static_cast<double>(whole_.load(std::memory_order_relaxed)) + fraction_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<uint64_t> whole_{0};
  std::atomic<double> fraction_{0};
};

// Goes up and down.
class Gauge {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  void Add(double amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
  void Inc() { Add(1); }
  void Dec() { Add(-1); }
  double Value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

// Counts a gauge up for a scope: requests in flight.
class ScopedGauge {
 public:
  explicit ScopedGauge(Gauge* gauge) : gauge_(gauge) { gauge_->Inc(); }
  ~ScopedGauge() { gauge_->Dec(); }
  ScopedGauge(const ScopedGauge&) = delete;
  ScopedGauge& operator=(const ScopedGauge&) = delete;

 private:
  Gauge* const gauge_;
};

class Histogram {
 public:
  // Upper bounds, ascending and finite; the bucket of +Inf is implied.
  explicit Histogram(std::vector<double> bounds);

  void Observe(double value);
  const std::vector<double>& bounds() const { return bounds_; }
  // Observations per bucket, not cumulative; one more than bounds.
  std::vector<uint64_t> Counts() const;
  double Sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  const std::vector<double> bounds_;
  std::vector<std::atomic<uint64_t>> counts_;
  std::atomic<double> sum_{0};
};

// Bounds in seconds that fit request durations (client_golang's DefBuckets).
std::vector<double> DefaultBuckets();
// start, start*factor, …. REQUIRES: start > 0, factor > 1.
std::vector<double> ExponentialBuckets(double start, double factor, int count);

}  // namespace epi::metrics

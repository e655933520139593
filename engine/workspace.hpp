// Scratch matrices for one worker, taken and returned like a stack; after the largest batch nothing is allocated. What
// must outlive the function belongs in a layer's cache instead.
#pragma once

#include <cstddef>
#include <deque>

#include "engine/tensor.hpp"

namespace infodiet::engine {

/// A stack of matrices that keep their memory. Not shared between threads.
template <class T>
class Workspace {
 public:
  /// A borrowed matrix, returned when the loan is destroyed. Loans end in reverse order.
  class Loan {
   public:
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { --owner_.depth_; }
    Matrix<T>& operator*() { return matrix_; }
    Matrix<T>* operator->() { return &matrix_; }

   private:
    friend class Workspace;
    Loan(Workspace& owner, Matrix<T>& matrix) : owner_(owner), matrix_(matrix) {}
    Workspace& owner_;
    Matrix<T>& matrix_;
  };

  /// A (rows, cols) matrix with unspecified contents.
  Loan take(std::size_t rows, std::size_t cols) {
    if (depth_ == matrices_.size()) matrices_.emplace_back();
    Matrix<T>& matrix = matrices_[depth_++];
    matrix.resize({rows, cols});
    return Loan(*this, matrix);
  }

 private:
  std::deque<Matrix<T>> matrices_;
  std::size_t depth_ = 0;
};

}  // namespace infodiet::engine
